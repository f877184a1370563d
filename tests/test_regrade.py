"""A regrade as a difference: what moves, what is kept, what is put back."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader.errors import UsageError
from grader.marking.events import Event, Given
from grader.marking.given import digest_of, part_of_question
from grader.model import Course, Grade, Origin, Outcome, Person
from grader.processes.judgement import FAULT
from grader.processes.launch import Processes
from grader.regrade import (
    Change,
    Move,
    apply,
    change_of,
    kept_submissions,
    moves_of,
    trouble,
    undo,
)
from grader.results import Results
from grader.store.gradebook import Gradebook
from tests.classroom import Classroom, make_classroom
from tests.store.test_gradebook import GRADE

Make = Callable[..., bytes]
HIDDEN, PUBLIC = "solutions/01_mini/checks.py", "assignments/01_mini/checks.py"
Tables = dict[str, list[tuple[Any, ...]]]
# What a regrade writes beside the grades.
LOGS = {"regrades", "regraded", "runs", "results", "hand_ins", "migrations", "mark_pages"}


@pytest.fixture
def room(
    course: Course,
    processes: Processes,
    make_notebook: Make,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Classroom:
    """Return a class that has been graded, and marked by hand."""
    room = make_classroom(course, processes, make_notebook, tmp_path / "out", monkeypatch)
    room.grade()
    mark(room.out)
    with Results(room.course, room.out):
        # The pages tell of the marks from now on.
        return room


def mark(out: Path, points: str = "1/3") -> None:
    """Mark every answer as a person may have done."""
    with Gradebook(out / "gradebook.sqlite") as book:
        for grade in book.grades():
            for question in grade.questions:
                part = part_of_question(grade.assignment, question.name)
                given = Given(
                    adjustment=points,
                    comment="Naïve…\n",
                    done=True,
                    answer=digest_of(question.text),
                )
                register = part.of(grade.submission)
                book.marks.add([Event(1, "2026-03-01T12:00:00Z", "vera", register, given)])


def tables(out: Path) -> Tables:
    """Return all that is stored, row by row."""
    with sqlite3.connect(out / "gradebook.sqlite") as db:
        names = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            n: sorted(db.execute(f"SELECT * FROM {n}").fetchall(), key=repr)
            for n in names
            if n not in LOGS and not n.startswith("sqlite_")
        }


def files(out: Path) -> dict[str, bytes]:
    return {
        f.name: f.read_bytes()
        for kind in ("feedback", "notebooks")
        for f in (out / kind / "01_mini").iterdir()
    }


def lenient(room: Classroom, place: Path) -> None:
    """Let the checks of `double` accept everything, except on arrays."""
    (place / "a").mkdir()
    room.edit(place / "a", PUBLIC, "close(submission.double(3.0), 6.0)", "submission.double(3.0)")
    (place / "b").mkdir()
    line = "close(submission.double(x), reference.double(x), at=x)"
    room.edit(place / "b", HIDDEN, line, "submission.double(x)")


def changes(room: Classroom, *, never_lower: bool = False) -> list[Change]:
    with Results(room.course, room.out) as results:
        before = {grade.submission: grade for grade in results.book.grades()}
    found = [
        change_of(before[name], graded.grade, never_lower=never_lower)
        for name, graded in sorted(room.again().items())
    ]
    return [change for change in found if change is not None]


def applied(room: Classroom, found: list[Change], *, never_lower: bool = False) -> None:
    with Results(room.course, room.out) as results:
        apply(results, found, "too strict", never_lower=never_lower)


def test_nothing_has_changed(room: Classroom) -> None:
    assert changes(room) == []
    assert room.runs == 0


def test_whose_a_hand_in_is_stays_as_the_site_has_said(room: Classroom, tmp_path: Path) -> None:
    """The gradebook keeps the hand-in without its place in the download of a course site."""
    said = Origin("moodle", (Person("Bob Ash", "102"),), "2026-03-01T12:30:00+00:00", late=True)
    with Results(room.course, room.out) as results:
        for grade in results.book.grades():
            results.book.note_origin(replace(grade, origin=said))
    assert changes(room) == []
    lenient(room, tmp_path)
    applied(room, changes(room))
    with Results(room.course, room.out) as results:
        assert {grade.origin for grade in results.book.grades()} == {said}


def test_the_difference_names_the_checks(room: Classroom, tmp_path: Path) -> None:
    before = tables(room.out), files(room.out)
    lenient(room, tmp_path)
    [change] = changes(room)
    assert {exercise for exercise, _ in room.checks} == {"double"}
    assert (change.after.submission, change.points) == ("bob", Fraction(3, 4))
    assert list(change.moves()) == [
        Move("double", "example", "failed", "passed", Fraction(3, 4)),
        Move("double", "property", "failed", "passed", None),
    ]
    # Nothing has been applied, and it is known by now.
    assert (tables(room.out), files(room.out)) == before
    assert [list(same.moves()) for same in changes(room)] == [list(change.moves())]
    assert room.runs == 0


def test_marks_by_hand_stay_byte_for_byte(room: Classroom, tmp_path: Path) -> None:
    before = tables(room.out)
    lenient(room, tmp_path)
    applied(room, changes(room))
    after = tables(room.out)
    assert {n: after[n] for n in ("questions", "mark_events")} == {
        n: before[n] for n in ("questions", "mark_events")
    }
    assert after["mark_events"]
    assert after["exercises"] != before["exercises"]
    assert "0.75" in (room.out / "feedback" / "01_mini" / "bob.html").read_text()
    assert "bob: 4.5 → 5.25" in (room.out / "regrades.txt").read_text()


def test_undo_puts_every_byte_back(room: Classroom, tmp_path: Path) -> None:
    with Results(room.course, room.out) as results:
        # With the marks on them.
        for grade in results.book.grades():
            results.republish(grade)
    before = tables(room.out), files(room.out)
    lenient(room, tmp_path)
    applied(room, changes(room))
    assert tables(room.out) != before[0]
    assert files(room.out) != before[1]
    with Results(room.course, room.out) as results:
        entry, left = undo(results)
        assert (entry.reason, left) == ("too strict", [])
        assert (tables(room.out), files(room.out)) == before
        with pytest.raises(UsageError, match="no regrade"):
            undo(results)
    assert "too strict Undone" in (room.out / "regrades.txt").read_text()


def test_undo_again_takes_the_one_before(room: Classroom, tmp_path: Path) -> None:
    before = tables(room.out)
    lenient(room, tmp_path)
    applied(room, changes(room))
    between = tables(room.out)
    (tmp_path / "d").mkdir()
    room.edit(tmp_path / "d", PUBLIC, "submission.double(3.0)", "close(submission.double(3.0), 6)")
    applied(room, changes(room))
    with Results(room.course, room.out) as results:
        undo(results)
        assert tables(room.out) == between
        undo(results)
        assert tables(room.out) == before


def test_undo_keeps_marks_made_since(room: Classroom, tmp_path: Path) -> None:
    lenient(room, tmp_path)
    applied(room, changes(room))
    mark(room.out, "2/3")
    marked = tables(room.out)
    with Results(room.course, room.out) as results:
        undo(results)
    after = tables(room.out)
    assert after["mark_events"] == marked["mark_events"]
    assert len(after["mark_events"]) == 2 * len(after["questions"])


def test_undo_leaves_what_was_graded_since(
    room: Classroom, tmp_path: Path, make_notebook: Make
) -> None:
    lenient(room, tmp_path)
    applied(room, changes(room))
    room.grade(afresh=True)
    now = tables(room.out)
    with Results(room.course, room.out) as results:
        _, left = undo(results)
    assert left == [("01_mini", "bob")]
    assert tables(room.out) == now


def test_never_lower_keeps_the_higher_points_and_says_so(room: Classroom, tmp_path: Path) -> None:
    lenient(room, tmp_path)
    applied(room, changes(room))
    (tmp_path / "d").mkdir()
    room.edit(tmp_path / "d", PUBLIC, "submission.double(3.0)", "close(submission.double(3.0), 6)")
    [down] = changes(room)
    assert down.points == Fraction(-3, 4)
    [stays] = changes(room, never_lower=True)
    assert (stays.points, stays.after.exercises[0]) == (0, down.before.exercises[0])
    applied(room, [stays], never_lower=True)
    page = (room.out / "feedback" / "01_mini" / "bob.html").read_text()
    assert "double: graded again it would earn 0 points instead of 0.75" in page
    # Nothing is left to say, and an ordinary run of the same checks does not take it back.
    assert changes(room, never_lower=True) == []
    assert float(room.grade()["bob"].points) == 5.25


def test_pages_that_a_killed_regrade_left_are_written_next_time(
    room: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lenient(room, tmp_path)
    found = changes(room)

    def killed(self: Results) -> None:
        raise KeyboardInterrupt

    old = files(room.out)
    with Results(room.course, room.out) as results, monkeypatch.context() as patch:
        patch.setattr(Results, "catch_up", killed)
        with pytest.raises(KeyboardInterrupt):
            apply(results, found, "too strict", never_lower=False)
    assert files(room.out) == old
    with Results(room.course, room.out):
        assert "0.75" in (room.out / "feedback" / "01_mini" / "bob.html").read_text()


def test_all_changes_are_applied_or_none(
    room: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lenient(room, tmp_path)
    [change] = changes(room)
    before = tables(room.out)
    torn = Change(change.before, Grade("bob", "01_mini", device=object()))  # type: ignore[arg-type]
    with Results(room.course, room.out) as results:
        with pytest.raises(sqlite3.Error):
            apply(results, [change, torn], "x", never_lower=False)
        assert results.book.regrades.entries() == []
    assert tables(room.out) == before


def graded(**fields: Any) -> Grade:
    return replace(GRADE, **fields)


def test_what_the_grader_could_not_decide_changes_nothing() -> None:
    settled = replace(GRADE.exercises[0], pending=False)
    before = graded(exercises=(settled,))
    pending = graded(exercises=(replace(settled, points=Fraction(0), pending=True),))
    assert change_of(before, pending, never_lower=False) is None
    assert "keeps the earlier result of f" in trouble(pending)[0]
    broken = graded(exercises=(), refused=FAULT)
    assert change_of(before, broken, never_lower=False) is None
    assert "the grader itself broke (It hung.)" in trouble(broken)[0]


def test_a_refusal_is_a_move_of_all_points_unless_never_lower() -> None:
    now = graded(refused="Too many names.", exercises=())
    change = change_of(GRADE, now, never_lower=False)
    assert change is not None
    assert [(m.after, m.points) for m in change.moves()] == [
        ("Too many names.", -GRADE.points),
    ]
    stays = change_of(GRADE, now, never_lower=True)
    assert stays is not None
    assert stays.after.exercises == GRADE.exercises
    assert "Too many names." in stays.after.remarks[-1]


def test_other_prices_and_checks_that_come_and_go() -> None:
    [old, *_] = GRADE.exercises
    dearer = replace(old, points=old.points + 1)
    assert list(moves_of("f", old, dearer)) == [Move("f", "", "", "other prices", Fraction(1))]
    fewer = replace(old, checks=old.checks[:1])
    assert [(m.check, m.after) for m in moves_of("f", old, fewer)] == [("two", "no such check")]
    assert [(m.check, m.before) for m in moves_of("f", None, fewer)] == [
        ("values", "no such check")
    ]
    assert old.checks[0].outcome is Outcome.crashed


def test_a_hand_in_of_an_older_gradebook_is_named(room: Classroom) -> None:
    with sqlite3.connect(room.out / "gradebook.sqlite") as db:
        db.execute("DELETE FROM hand_ins")
    db.close()
    with Results(room.course, room.out) as results:
        found, problems = kept_submissions(results.book)
    assert found == {}
    assert len(problems) == 3
    assert json.dumps(problems).count("grader grade") == 3
