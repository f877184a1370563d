"""Nothing is run twice, and nothing is taken for known that is not."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader import digests
from grader.errors import CourseError
from grader.model import Course, HandIn, Outcome
from grader.processes.executing import Execution
from grader.processes.judgement import Judgement
from grader.processes.launch import Processes
from grader.recall import Memory
from grader.store.gradebook import Gradebook
from tests.classroom import WRONG, Classroom, make_classroom, timeless

Make = Callable[..., bytes]
HIDDEN = "solutions/01_mini/checks.py"
PUBLIC = "assignments/01_mini/checks.py"
CLASS = 3


@pytest.fixture
def room(
    course: Course,
    processes: Processes,
    make_notebook: Make,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Classroom:
    return make_classroom(course, processes, make_notebook, tmp_path / "out", monkeypatch)


def exercises(room: Classroom) -> set[str]:
    return {exercise for exercise, _ in room.checks}


def afresh(room: Classroom, place: Path) -> dict:  # type: ignore[type-arg]
    """Return what a class graded for the first time gets."""
    return {
        name: timeless(grade)
        for name, grade in replace(room, out=place, checks=[], hand_ins=room.hand_ins)
        .grade()
        .items()
    }


def test_nothing_is_run_twice(room: Classroom) -> None:
    first = room.grade()
    pages = {file: file.read_bytes() for file in room.out.rglob("*") if file.suffix == ".html"}
    assert room.runs >= CLASS
    assert [float(grade.points) for grade in first.values()] == [5.5, 4.5, 4]
    assert room.grade() == first
    assert (room.runs, room.checks) == (0, [])
    assert len(pages) == CLASS
    assert {file: file.read_bytes() for file in pages} == pages


def test_editing_one_check_makes_the_checks_of_its_exercise_again(
    room: Classroom, tmp_path: Path
) -> None:
    room.grade()
    room.edit(tmp_path, HIDDEN, "submission.Scale(-2.0)", "submission.Scale(-2)")
    found = room.grade()
    assert sorted(set(room.checks)) == [("Scale", "array"), ("Scale", "scale")]
    assert len(room.checks) == 2 * CLASS
    assert room.runs == CLASS
    assert {n: timeless(g) for n, g in found.items()} == afresh(room, tmp_path / "new")
    room.grade()
    assert room.runs == 0


def test_editing_a_hint_makes_its_exercise_again_and_shows(room: Classroom, tmp_path: Path) -> None:
    room.grade()
    room.edit(tmp_path, "solutions/01_mini/mistakes/double.py", "Twice, not squared.", "Not that.")
    found = room.grade()
    assert exercises(room) == {"double"}
    assert "Not that." in {check.hint for check in found["bob"].exercises[0].checks}
    assert "Not that." in (room.out / "feedback" / "01_mini" / "bob.html").read_text()


def test_prices_are_worked_out_anew_and_nothing_is_run(room: Classroom, tmp_path: Path) -> None:
    room.grade()
    settings = "assignments/01_mini/assignment.toml"
    room.edit(tmp_path, settings, "points = 1.5", "points = 3.5")
    assert float(room.grade()["ada"].points) == 7.5
    assert room.runs == 0


def test_other_words_in_a_hand_in_run_nothing(room: Classroom) -> None:
    room.grade()
    book = json.loads(room.hand_ins["bob"].notebook)
    book["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "Look: an ibex."})
    room.hand_ins["bob"] = HandIn(json.dumps(book).encode())
    found = room.grade()
    assert room.runs == 0
    page = (room.out / "feedback" / "01_mini" / "bob.html").read_text()
    assert "Look: an ibex." in page
    assert "sum 30.0" in page
    assert found["bob"].digest == room.hand_ins["bob"].digest


def test_only_who_handed_in_something_else_is_run(room: Classroom, make_notebook: Make) -> None:
    room.grade()
    room.hand_ins["bob"] = HandIn(make_notebook(), (("helper.py", b"x = 1"),))
    assert float(room.grade()["bob"].points) == 5.5
    assert room.runs == 1
    with Gradebook(room.out / "gradebook.sqlite") as book:
        assert not book.kept.has_hand_in(HandIn(make_notebook({"double": WRONG})).digest)


def test_another_torch_runs_everything(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    room.grade()
    known = digests.version_of
    monkeypatch.setattr(
        digests, "version_of", lambda name: "9.9" if name == "torch" else known(name)
    )
    room.grade()
    assert exercises(room) == {"double", "quadruple", "integrate", "Scale"}


def test_afresh_runs_everything(room: Classroom) -> None:
    room.grade()
    room.grade(afresh=True)
    assert room.runs >= CLASS
    room.grade()
    assert room.runs == 0


FORGERIES = {
    "under another's name": ("ada", {}),
    "in other cells": ("eve", {"double": f"{WRONG}\n"}),
}


@pytest.mark.parametrize(("name", "wrote"), FORGERIES.values(), ids=FORGERIES.keys())
def test_a_hand_in_cannot_pass_for_another(
    room: Classroom, make_notebook: Make, name: str, wrote: dict[str, str]
) -> None:
    """Neither the name nor the looks of a right hand-in bring its results; nor does its text."""
    room.grade()
    right = make_notebook()
    wrong = json.loads(make_notebook({"double": WRONG}))
    # All bytes of the right one are in there, as a text and as a file.
    wrong["cells"].append({"cell_type": "markdown", "metadata": {}, "source": right.decode()})
    room.hand_ins = {name: HandIn(json.dumps(wrong).encode(), (("01_mini.ipynb", right),))}
    assert float(room.grade()[name].points) == 4.5
    assert room.runs == 1


def test_a_result_in_doubt_is_found_out_again(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    del room.hand_ins["cy"]
    with monkeypatch.context() as patch:
        patch.setattr(Judgement, "doubtful", lambda self: {"double"})
        room.grade()
    room.grade()
    assert exercises(room) == {"double"}
    room.grade()
    assert room.runs == 0


def test_a_notebook_somebody_else_has_killed_is_run_again(
    room: Classroom, make_notebook: Make
) -> None:
    death = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    room.hand_ins = {"dora": HandIn(make_notebook(adds=(death,)))}
    room.grade()
    room.grade()
    assert exercises(room) == {"double", "quadruple", "integrate", "Scale"}


def test_results_on_a_run_in_doubt_are_in_doubt(
    room: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.grade()
    room.edit(tmp_path, HIDDEN, "submission.Scale(-2.0)", "submission.Scale(-2)")
    run_all = Execution._run_all

    def doubtful(self, worker, limits):  # type: ignore[no-untyped-def]
        self.is_doubtful = True
        return run_all(self, worker, limits)

    with monkeypatch.context() as patch:
        patch.setattr(Execution, "_run_all", doubtful)
        assert {grade.basis for grade in room.grade().values()} == {""}
    room.grade()
    assert exercises(room) == {"Scale"}


def test_a_fault_of_ours_is_never_kept(
    room: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check that breaks by itself is tried again, also when nothing else has changed."""
    broken = "    if submission.double(1.0) != 2.0:\n        raise KeyError\n"
    old = '    """Doubling works on arrays."""\n'
    room.edit(tmp_path, HIDDEN, old, old + broken)
    first = room.grade()
    arrays = {c.name: c.outcome for c in first["bob"].exercises[0].checks}["arrays"]
    assert arrays is Outcome.grader_fault
    assert (first["bob"].basis, first["ada"].basis != "") == ("", True)
    room.grade()
    assert exercises(room) == {"double"}
    assert room.runs >= 1


def lenient(room: Classroom, place: Path) -> None:
    """Let `double` pass whatever it returns for numbers."""
    (place / "a").mkdir()
    public = "close(submission.double(3.0), 6.0)"
    room.edit(place / "a", PUBLIC, public, "submission.double(3.0)")
    (place / "b").mkdir()
    hidden = "close(submission.double(x), reference.double(x), at=x)"
    room.edit(place / "b", HIDDEN, hidden, "submission.double(x)")


def test_what_is_said_of_own_functions_goes_when_nothing_fails(
    room: Classroom, tmp_path: Path
) -> None:
    assert "With your own functions in place" in room.grade()["bob"].exercises[1].note
    lenient(room, tmp_path)
    found = room.grade()
    assert exercises(room) == {"double"}
    assert found["bob"].exercises[1].note == ""
    assert {n: timeless(g) for n, g in found.items()} == afresh(room, tmp_path / "new")


def test_what_is_said_of_own_functions_comes_when_something_fails(
    room: Classroom, tmp_path: Path
) -> None:
    """`quadruple` is not judged again for its points, only where there is something new to say."""
    lenient(room, tmp_path)
    assert room.grade()["bob"].exercises[1].note == ""
    (tmp_path / "c").mkdir()
    back = "close(submission.double(3.0), 6.0)  "
    room.edit(tmp_path / "c", PUBLIC, "submission.double(3.0)", back)
    found = room.grade()
    assert exercises(room) == {"double", "quadruple"}
    assert "With your own functions in place" in found["bob"].exercises[1].note
    assert {n: timeless(g) for n, g in found.items()} == afresh(room, tmp_path / "new")


def test_a_page_that_was_lost_is_written_again(room: Classroom) -> None:
    room.grade()
    page, notebook = (
        room.out / "feedback" / "01_mini" / "bob.html",
        room.out / "notebooks" / "01_mini" / "bob.ipynb",
    )
    before = page.read_bytes(), notebook.read_bytes()
    page.unlink()
    notebook.unlink()
    room.grade()
    assert room.runs == 0
    assert (page.read_bytes(), notebook.read_bytes()) == before


def test_checks_that_change_while_they_are_loaded_are_not_believed(
    room: Classroom, tmp_path: Path
) -> None:
    room.edit(tmp_path, HIDDEN, "atol=1e-4", "atol=1e-3")
    assignment = room.course.assignments[0]
    with Gradebook(tmp_path / "book.sqlite") as book:
        memory = Memory(book, room.setting)
        memory.keys(assignment, [], HandIn(b""))
        file = room.course.root / HIDDEN
        file.write_text(file.read_text().replace("atol=1e-3", "atol=1e-2"))
        with pytest.raises(CourseError, match="changed while they were being loaded"):
            memory.confirm(assignment)
