"""Where answers stand for one marker: groups, what is hidden, what is due, how far people agree."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.marking.events import Given
from grader.marking.ledger import State
from grader.model import Grade, Origin, Person
from grader.reports.cells import ReportCell
from grader.store.gradebook import Gradebook
from grader.web.changes import Changes, Edit, Save, Split, Undo, Unusable
from grader.web.masking import mask_of, masked
from grader.web.room import Room, Topic, Unit
from tests.web.graded import flow, make_class

QUESTION = ("05_flow", "question:a")


def answers(number: int, question: str) -> str:
    return ["Because.", "Because .", "", "", f"Own {number}"][number % 5]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    make_class(tmp_path, 10, answers)
    with Gradebook(tmp_path / "gradebook.sqlite") as opened:
        yield opened


def enter(book: Gradebook, tmp_path: Path, double: float = 0.0) -> tuple[Room, Changes, Topic]:
    room = Room(flow(), book, double=double)
    room.prepare()
    topic = room.topic(*QUESTION)
    assert topic is not None
    return room, Changes(room, tmp_path), topic


def save(changes: Changes, unit: Unit, batch: str, marker: str = "vera", points: str = "1") -> None:
    """Finish a unit as a page does that was opened before anybody had marked it."""
    given = Given(adjustment=points, done=True, answer=unit.works[0].answer)
    names = [work.name for work in unit.works]
    changes.make(marker, Save(*QUESTION, names, {}, given, batch))


def test_equal_answers_are_one_unit(book: Gradebook, tmp_path: Path) -> None:
    room, changes, topic = enter(book, tmp_path)
    sizes = sorted(len(unit.works) for unit in room.units(topic, "vera"))
    assert sizes == [1, 1, 2, 2, 4]
    (blank,) = (unit for unit in room.units(topic, "vera") if len(unit.works) == 4)
    changes.make("vera", Split(*QUESTION, blank.works[1].name, True, "b1"))
    assert sorted(len(unit.works) for unit in room.units(topic, "tom")) == [1, 1, 1, 2, 2, 3]
    changes.make("vera", Undo(*QUESTION, "b2"))
    assert sorted(len(unit.works) for unit in room.units(topic, "tom")) == sizes


def test_a_group_gets_one_mark_in_one_act(book: Gradebook, tmp_path: Path) -> None:
    room, changes, topic = enter(book, tmp_path)
    (blank,) = (unit for unit in room.units(topic, "vera") if len(unit.works) == 4)
    save(changes, blank, "b1")
    assert [room.standing(topic, work).state for work in blank.works] == [State.done] * 4
    assert room.progress(topic, "vera").done == 4
    changes.make("vera", Undo(*QUESTION, "b2"))
    assert room.progress(topic, "vera").done == 0
    assert [room.seen(topic, work, "vera").state for work in blank.works] == [State.open] * 4


def test_two_mark_the_sample_and_others_are_marked_once(book: Gradebook, tmp_path: Path) -> None:
    for double, left in ((0.0, 0), (1.0, 10)):
        room, changes, topic = enter(book, tmp_path, double)
        for number, unit in enumerate(room.units(topic, "vera")):
            save(changes, unit, f"{double} {number}")
        assert room.progress(topic, "vera").mine == 0
        assert room.progress(topic, "tom").mine == left
    for number, unit in enumerate(room.units(topic, "tom")):
        assert all(room.is_hidden(topic, work, "tom") for work in unit.works)
        assert all(room.seen(topic, work, "tom").heads == () for work in unit.works)
        points = "1" if number else "2"
        save(changes, unit, f"tom {number}", "tom", points)
        assert not any(room.is_hidden(topic, work, "tom") for work in unit.works)
    # A third is not needed, and sees what there is.
    assert room.progress(topic, "eve").mine == 0
    found = room.agreement([topic])
    assert (found.answers, found.difference) == (5, pytest.approx(0.5 / 5))
    assert room.progress(topic, "eve").conflicts == len(room.units(topic, "tom")[0].works)


def test_an_answer_that_changed_waits(book: Gradebook, tmp_path: Path) -> None:
    room, changes, topic = enter(book, tmp_path)
    unit = next(u for u in room.units(topic, "vera") if len(u.works) == 1)
    save(changes, unit, "b1")
    (grade,) = (g for g in book.grades() if g.submission == unit.works[0].submission)
    with Gradebook(tmp_path / "gradebook.sqlite") as other:
        other.record(_with_text(grade, "Another text."))
    (now,) = (w for w in room.works(topic) if w.submission == grade.submission)
    assert room.standing(topic, now).state is State.changed
    assert room.progress(topic, "vera").changed == 1
    assert room.is_due(topic, Unit((now,)), "vera")


def _with_text(grade: Grade, text: str) -> Grade:
    first, *others = grade.questions
    return replace(grade, questions=(replace(first, text=text), *others))


def test_what_makes_no_sense_is_refused(book: Gradebook, tmp_path: Path) -> None:
    room, changes, topic = enter(book, tmp_path)
    unit = room.units(topic, "vera")[0]
    for points in ("x", "1/0", "9" * 30, "1e5"):
        with pytest.raises(Unusable, match="Not saved"):
            save(changes, unit, points, points=points)
    with pytest.raises(Unusable, match="not in the gradebook"):
        changes.make("vera", Save(*QUESTION, ["nobody"], {}, Given(), "b"))
    with pytest.raises(Unusable, match="Write a text"):
        changes.make("vera", Edit(*QUESTION, "item", "", "  ", "1", False, "b"))
    assert room.progress(topic, "vera").begun == 0


def test_a_journal_is_completed_and_mended(book: Gradebook, tmp_path: Path) -> None:
    room, changes, topic = enter(book, tmp_path)
    units = room.units(topic, "vera")
    for number in range(3):
        save(changes, units[number], f"b{number}")
    file = tmp_path / "marks" / "vera.jsonl"
    whole = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    # As a crash leaves it: a line torn, another never written.
    file.write_bytes(whole[: whole.rfind(b"\n", 0, -1) - 7])
    _, again, _ = enter(book, tmp_path)
    save(again, units[3], "b3")
    assert file.read_bytes().startswith(whole)
    assert b'"b3"' in file.read_bytes()


def test_names_are_blotted_out_but_not_words() -> None:
    people = (Person("Müller, Jo", "7", "jm12", "jo@example.org"),)
    grade = Grade("student_7", "x", ("Nadia Bell", "Jo"), origin=Origin("moodle", people))
    mask = mask_of(grade)
    text = "NADIA BELL rang Bell's bell; student_7, jo@example.org, jm12, jm123. Jo."
    assert mask(text) == "[name] rang Bell's bell; [name], [name], [name], jm123. Jo."
    data = {"text/html": "<b>Nadia Bell</b>", "image/png": "jm12"}
    shown = ({"output_type": "display_data", "data": data},)
    (cell,) = masked([ReportCell("code", "MEMBERS = ['Nadia Bell']", 1, shown)], mask)
    assert cell.source == "MEMBERS = ['[name]']"
    assert cell.outputs[0]["data"] == {"text/html": "<b>[name]</b>", "image/png": "jm12"}
