"""The folder that a run leaves."""

from pathlib import Path

from grader.cli.progress import counted
from grader.model import Course, Grade, HandIn, Submission
from grader.notebook.read import Notebook
from grader.pipeline import Graded, Run, grade_one
from grader.results import Results


def test_of_two_assignments_each_hand_in_has_a_page_of_its_own(
    course: Course, tmp_path: Path
) -> None:
    """Whoever hands in twice has one name, and a folder of results holds a whole course."""
    with Results(course, tmp_path) as results:
        for assignment in ("01_mini", "02_other", ""):
            refused = f"Not {assignment or 'recognised'}."
            grade = Grade("ada", assignment, refused=refused)
            results.add(Graded(grade, Notebook(())))
    pages = {file.relative_to(tmp_path / "feedback") for file in tmp_path.rglob("ada.html")}
    assert {str(page) for page in pages} == {"01_mini/ada.html", "02_other/ada.html", "ada.html"}
    for page in pages:
        told = f"Not {page.parent.name or 'recognised'}."
        assert told in (tmp_path / "feedback" / page).read_text(encoding="utf-8")
    folder = tmp_path / "feedback" / "01_mini"
    assert folder.stat().st_mode & 0o077 == 0


def test_the_tables_are_of_the_whole_folder(course: Course, tmp_path: Path) -> None:
    """A second assignment in the same folder takes nothing of the first out of them."""
    for assignment in ("01_mini", "02_other"):
        with Results(course, tmp_path) as results:
            results.add(Graded(Grade("ada", assignment, refused="Torn."), Notebook(())))
            results.write(str(tmp_path / "run.json"), None)
    lines = (tmp_path / "grades.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[:2] for line in lines[1:]] == [["ada", "01_mini"], ["ada", "02_other"]]
    incidents = (tmp_path / "incidents.txt").read_text("utf-8")
    assert incidents == "ada (01_mini)\n  refused: Torn.\nada (02_other)\n  refused: Torn.\n"
    # JSON is what one run has found, for programs that asked for that run.
    assert (tmp_path / "run.json").read_text("utf-8").count('"submission"') == 1


def test_what_cannot_be_read_is_of_the_assignment_that_was_named(course: Course) -> None:
    torn = Submission("ada", "ada.ipynb", lambda: HandIn(b"{"))
    for named in (course.assignments[0], None):
        run = Run(course, None, "secret", named)  # type: ignore[arg-type]
        grade = grade_one(run, torn).grade
        assert grade.refused
        assert grade.assignment == (named.name if named else "")


def test_a_run_says_how_many_could_not_be_graded() -> None:
    assert counted([Grade("a", "x")]) == "1 graded"
    two = [Grade("a", "x"), Grade("b", "x", refused="Torn.")]
    assert counted(two) == "1 graded, 1 could not be graded,"


def test_what_was_of_no_assignment_leaves_no_page_once_it_is_recognised(
    course: Course, tmp_path: Path
) -> None:
    with Results(course, tmp_path) as results:
        for assignment in ("", "01_mini"):
            results.add(Graded(Grade("ada", assignment, refused="Torn."), Notebook(())))
        assert [grade.assignment for grade in results.book.grades()] == ["01_mini"]
    left = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("ada.*")}
    assert left == {"feedback/01_mini/ada.html", "notebooks/01_mini/ada.ipynb"}
