"""To forget is to remove: every byte of the folder is searched, packed ones too."""

import json
import secrets
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import nbformat
import pytest

from grader.errors import UsageError
from grader.forget.carry_out import forget
from grader.forget.marks import rewritten
from grader.forget.names import Scrub
from grader.forget.places import parts_of
from grader.forget.plan import plan_for
from grader.marking.events import Event, Given, Kind, Register, read_journal, to_line
from grader.marking.given import digest_of
from grader.model import (
    CellRun,
    CheckResult,
    Course,
    ExerciseGrade,
    Grade,
    HandIn,
    NotebookRun,
    Origin,
    Outcome,
    Person,
    QuestionAnswer,
)
from grader.regrade import Change, apply
from grader.results import Results
from grader.store.gradebook import Gradebook

NAME = "Zoë O'Neil"
ACCOUNT = "zoneil77"
EMAIL = "zoe@example.org"
CANARY = "a-canary-of-their-own"
ZOE = Person(NAME, "101", "", EMAIL)
BOB = Person("Bob Ash", "102")


def notebook(*members: str, text: str = CANARY) -> bytes:
    book = nbformat.v4.new_notebook()
    book.cells = [
        nbformat.v4.new_code_cell(f"MEMBERS = {json.dumps(list(members))}"),
        nbformat.v4.new_markdown_cell(f"### Question a\n\n{text}, thanks to\n{NAME}"),
        nbformat.v4.new_code_cell("def double(x): return 2 * x"),
    ]
    return str(nbformat.writes(book)).encode()


def graded(name: str, people: tuple[Person, ...], members: tuple[str, ...], text: str) -> tuple:
    hand_in = HandIn(notebook(*members, text=text), (("by zoneil77.pdf", f"PDF {NAME}".encode()),))
    check = CheckResult(
        "values", "double", False, True, Outcome.failed, message=f"{text} got: {NAME}",
        detail=f"got: {ACCOUNT}",
    )  # fmt: skip
    grade = Grade(
        name,
        "01_mini",
        members,
        exercises=(ExerciseGrade("double", "", Fraction(1), Fraction(1), (check,)),),
        questions=(QuestionAnswer("a", "", Fraction(2), f"{text} by {NAME}", "answered"),),
        origin=Origin("moodle", people, "2026-11-10T12:00:00+00:00"),
        digest=hand_in.digest,
        run="run",
    )
    return grade, hand_in


def event(grade: Grade, comment: str, *replaces: str) -> Event:
    mark = Given(comment=comment, done=True, answer=digest_of(grade.questions[0].text))
    register = Register(Kind.mark, grade.assignment, "question:a", grade.submission)
    return Event(len(replaces), "now", "tea", register, mark, replaces=replaces)


@pytest.fixture
def results(course: Course, tmp_path: Path) -> Results:
    """Zoë alone, Zoë with Bob under her name, and Cy, who mentions her."""
    made = Results(course, tmp_path / "graded")
    with made as open_results:
        book = open_results.book
        for parts in (
            (f"{NAME}_101", (ZOE,), (NAME,), CANARY),
            ("zoneil77 again", (ZOE, BOB), (NAME, "Bob Ash"), "Both"),
            ("Cy_103", (Person("Cy", "103"),), ("Cy",), "Cy's own"),
        ):
            grade, hand_in = graded(*parts)
            book.record(grade)
            book.kept.keep_hand_in(hand_in)
            owner = (grade.assignment, grade.submission, "content")
            shown = ({"output_type": "stream", "name": "stdout", "text": f"{parts[3]} {NAME}"},)
            book.kept.keep_run(owner, "run", NotebookRun((CellRun(0, True, 0.1, shown),)))
            first = event(grade, f"Well done, {NAME}")
            book.marks.add([first, event(grade, f"Better, {NAME}", first.id)])
            open_results.republish(grade)
        book.roster.take_over(
            "moodle", [(ZOE, "red"), (BOB, "blue"), (Person("Cy", "103"), "")], datetime.now(UTC)
        )
        book.roster.take_over(
            "moodle", [(replace(ZOE, account=ACCOUNT), "red"), (BOB, "blue"),
                       (Person("Cy", "103"), "")], datetime.now(UTC),
        )  # fmt: skip
        book.roster.publish("01_mini", ACCOUNT, "1", datetime.now(UTC))
        for grade in book.grades():
            better = replace(grade, exercises=(replace(grade.exercises[0], points=Fraction(2)),))
            apply(open_results, [Change(grade, better)], f"{NAME} was right", never_lower=False)
        journal = "".join(map(to_line, book.marks.events()[1]))
        open_results.grades = book.grades()
        open_results.write(None, None)
    (made.out / "report.html").write_text(f"<p>{NAME.replace(chr(39), '&#x27;')}</p>")
    with zipfile.ZipFile(made.out / "feedback.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.html", NAME * 50)
    (made.out / "marks").mkdir()
    (made.out / "marks" / "tea.jsonl").write_text(journal)
    (made.out / "marks" / "torn.jsonl").write_text(f"{{ {NAME}\n")
    (made.out / "other.csv").write_text("nobody")
    (made.out / ".Zoe.part").write_text(EMAIL)
    return made


def everything(out: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file, and the contents of all that is packed in the gradebook."""
    for path in sorted(out.rglob("*")):
        yield str(path), str(path.relative_to(out)).encode()
        if path.is_file():
            yield str(path), path.read_bytes()
    db = sqlite3.connect(out / "gradebook.sqlite")
    for table in ("hand_ins", "runs", "results"):
        for (body,) in db.execute(f"SELECT body FROM {table}"):
            yield table, zlib.decompress(body)
    for before, after in db.execute("SELECT before, after FROM regraded"):
        yield "regraded", json.dumps(json.loads(before), ensure_ascii=False).encode()
        yield "regraded", json.dumps(json.loads(after), ensure_ascii=False).encode()
    db.close()


def traces(out: Path, *texts: str) -> list[tuple[str, str]]:
    spelt = set(texts)
    for _ in range(2):
        spelt |= {json.dumps(text)[1:-1] for text in spelt}
    return [
        (where, text)
        for where, data in everything(out)
        for text in spelt
        if text.casefold() in data.decode("utf-8", "replace").casefold()
    ]


OF_ZOE = (NAME, "O&#39;Neil", ACCOUNT, EMAIL, CANARY, "_101")


def test_nothing_is_left_in_any_byte(results: Results) -> None:
    found = {text for _, text in traces(results.out, *OF_ZOE)}
    assert found >= {NAME, ACCOUNT, EMAIL, CANARY, "_101"}, "the test can see them"
    forget(results, plan_for(results.out, ACCOUNT))
    assert traces(results.out, *OF_ZOE) == []
    assert not [p for p in results.out.iterdir() if p.name.endswith(("-wal", "-journal", "-shm"))]


def test_what_is_left_of_others(results: Results) -> None:
    done = forget(results, plan_for(results.out, NAME))
    with Gradebook(results.out / "gradebook.sqlite") as book:
        bob, cy = sorted(book.marked(book.grades()), key=lambda grade: grade.submission)
        assert (bob.submission, bob.members) == ("Bob Ash", ("Bob Ash",))
        assert bob.origin.people == (BOB,)
        assert bob.exercises[0].points == 2
        assert bob.questions[0].text == "Both by [removed]"
        assert bob.questions[0].mark is not None
        assert bob.questions[0].mark.comment == "Better, [removed]"
        hand_in = book.kept.hand_in(bob.digest)
        assert hand_in is not None
        assert 'MEMBERS = [\\"\\", \\"Bob Ash\\"]' in hand_in.notebook.decode()
        assert hand_in.files == (("by removed.pdf", b""),)
        assert cy.submission == "Cy_103"
        assert [s.name for s in book.roster.students()] == ["Bob Ash", "Cy"]
        assert book.roster.published() == {}
        # Each of the two regrades that are left can still be taken back.
        assert len(book.regrades.entries()) == 2
    with Gradebook(results.out / "gradebook.sqlite") as book:
        journal = read_journal("x", (results.out / "marks" / "tea.jsonl").read_bytes())
        assert [e.id for e in journal] == [e.id for e in book.marks.events()[1]]
        assert len(journal) == 4
    pages = sorted(path.name for path in (results.out / "feedback" / "01_mini").iterdir())
    assert pages == ["Bob Ash.html", "Cy_103.html"]
    assert (
        "Both by [removed]" in (results.out / "feedback" / "01_mini" / "Bob Ash.html").read_text()
    )
    assert (results.out / "other.csv").exists()
    assert {"report.html", "feedback.zip", ".Zoe.part"} <= set(done.files)
    assert any("stays, because it is Bob Ash's too" in sentence for sentence in done.look)


def test_the_log_of_regrades_still_takes_back(results: Results) -> None:
    from grader.regrade import undo

    forget(results, plan_for(results.out, NAME))
    with results:
        entry, left = undo(results)
        assert entry.reason == "[removed] was right"
        assert left == []
        assert {g.submission: g.exercises[0].points for g in results.book.grades()} in (
            {"Bob Ash": 1, "Cy_103": 2},
            {"Bob Ash": 2, "Cy_103": 1},
        )


def test_the_gradebook_stays_its_owners(results: Results) -> None:
    forget(results, plan_for(results.out, NAME))
    assert (results.out / "gradebook.sqlite").stat().st_mode & 0o077 == 0


def test_a_gradebook_in_use_is_left_alone(results: Results) -> None:
    plan = plan_for(results.out, NAME)
    busy = sqlite3.connect(results.out / "gradebook.sqlite", isolation_level=None)
    busy.execute("BEGIN EXCLUSIVE")
    with pytest.raises(UsageError, match="is in use"):
        forget(results, plan)
    busy.close()
    with Gradebook(results.out / "gradebook.sqlite") as book:
        assert len(book.grades()) == 3


def test_a_gradebook_that_cannot_be_written_to_is_left_alone(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_for(results.out, NAME)
    # Root may write anywhere, whatever the mode says.
    monkeypatch.setattr("os.access", lambda path, mode: Path(path).name != "gradebook.sqlite")
    with pytest.raises(UsageError, match="cannot be written to"):
        forget(results, plan)
    assert (results.out / "report.html").exists()


def test_a_folder_that_is_more_than_results_is_left_alone(results: Results) -> None:
    (results.out / "course.toml").write_text(f'title = "{NAME}"')
    with pytest.raises(UsageError, match="a course lies in it"):
        plan_for(results.out, NAME)


def test_nobody_and_several(results: Results) -> None:
    with pytest.raises(UsageError, match="Nobody in this gradebook is called Zoe"):
        plan_for(results.out, "Zoe")
    with pytest.raises(UsageError, match="holds no gradebook"):
        plan_for(results.out / "feedback", NAME)


def test_short_names_are_taken_out_only_where_somebody_is_named(results: Results) -> None:
    plan = plan_for(results.out, "103")
    assert plan.bare == ("Cy",)
    scrub = Scrub(plan.needles, plan.bare)
    assert scrub.text("Cy said 103") == "Cy said 103"
    source = scrub.source(b'MEMBERS = [\\"Cy\\", \\"Dee\\"]\\nx = \\"Cy\\"')
    assert source == b'MEMBERS = [\\"\\", \\"Dee\\"]\\nx = \\"Cy\\"'
    forget(results, plan)
    with Gradebook(results.out / "gradebook.sqlite") as book:
        assert len(book.grades()) == 2


def test_of_a_short_name_nothing_is_left_in_what_commands_made(results: Results) -> None:
    """ "Cy" may mean anything; what is called Cy_103, and what tells of the class, is clear."""
    (results.out / "similar.html").write_text("Cy and another")
    (results.out / "for-students" / "Cy").mkdir(parents=True)
    (results.out / "for-students" / "Cy" / "01_mini.html").write_text("4 of 4")
    (results.out / "sent.csv").write_text("Cy_103,4")
    with zipfile.ZipFile(results.out / "feedback-moodle-01_mini.zip", "w") as archive:
        archive.writestr("Cy/01_mini.html", "4 of 4")
    done = forget(results, plan_for(results.out, "103"))
    gone = {"similar.html", "for-students", "sent.csv", "feedback-moodle-01_mini.zip"}
    assert gone <= set(done.files)
    assert not [name for name in gone if (results.out / name).exists()]
    assert (results.out / "other.csv").exists()


def test_where_a_short_name_stands_is_told(results: Results) -> None:
    grade, hand_in = graded("dee", (Person("Dee", "104"),), ("Dee",), "With CY in")
    with Gradebook(results.out / "gradebook.sqlite") as book:
        book.record(replace(grade, run=""))
        book.kept.keep_hand_in(hand_in)
        book.marks.add([event(grade, "As Cy has it")])
    plan = plan_for(results.out, "103")
    [told] = [sentence for sentence in forget(results, plan).look if sentence.startswith("dee")]
    assert told == (
        "dee (01_mini): “cy”, a part of the name, stands in cell 2, the messages of double, the "
        "comment on a. It was left, since it may mean anything: look whether it means them."
    )


def test_an_address_is_no_part_of_a_name(results: Results) -> None:
    plan = replace(plan_for(results.out, "103"), needles=("cy@example.org",), bare=("Cy Brown",))
    assert parts_of(plan).findall("an example of Brown by example.org") == ["Brown"]


@pytest.mark.parametrize("before", ["", " ", "\\n", "\\t", "*", "_", '\\"', "("])
def test_a_name_is_found_whatever_stands_before_it(before: str) -> None:
    scrub = Scrub(("Zoë Lee",), ())
    for name in ("Zoë Lee", "zoë  lee", "Zo\\u00eb Lee", "Zo\\\\u00eb Lee", "Zoë_Lee"):
        assert scrub.source(f'"{before}{name}, x"'.encode()) == f'"{before}[removed], x"'.encode()
    assert scrub.source("xZoë Lee".encode()) == "xZoë Lee".encode()


def test_the_gradebook_keeps_no_free_pages(results: Results) -> None:
    with Gradebook(results.out / "gradebook.sqlite") as book:
        large = NotebookRun((), notes=(secrets.token_hex(200_000),))
        book.kept.keep_run(("01_mini", f"{NAME}_101", "content"), "large", large)
    forget(results, plan_for(results.out, NAME))
    db = sqlite3.connect(results.out / "gradebook.sqlite")
    assert db.execute("PRAGMA freelist_count").fetchone() == (0,)
    db.close()


def test_a_hand_in_called_after_a_part_of_the_name_gets_another(results: Results) -> None:
    grade, hand_in = graded("ash_zoe", (ZOE, BOB), (NAME, "Bob Ash"), "Later")
    with Gradebook(results.out / "gradebook.sqlite") as book:
        book.record(grade)
        book.kept.keep_hand_in(hand_in)
    plan = plan_for(results.out, NAME)
    new = {old[1]: name[1] for old, name in plan.renamed.items()}
    assert new == {"ash_zoe": "Bob Ash", "zoneil77 again": "Bob Ash (2)"}
    forget(results, plan)
    assert traces(results.out, *OF_ZOE, "ash_zoe") == []


def test_rewritten_events_still_replace_each_other() -> None:
    register = Register(Kind.mark, "a", "question:a", "x")
    one = Event(1, "t", "m", register, Given(comment="old"))
    two = Event(2, "t", "m", register, Given(comment="new"), replaces=(one.id,))
    back = Event(3, "t", "m", register, replaces=(two.id,), undoes=(two.id, one.id))
    new = list(rewritten([back, two, one], replace_comment).values())
    assert [e.given.comment for e in new if e.given] == ["OLD", "NEW"]
    assert new[1].replaces == (new[0].id,)
    assert new[2].undoes == (new[1].id, new[0].id)
    assert new[0].id != one.id


def replace_comment(event: Event) -> Event:
    import msgspec

    if event.given is None:
        return event
    upper = msgspec.structs.replace(event.given, comment=event.given.comment.upper())
    return msgspec.structs.replace(event, given=upper)
