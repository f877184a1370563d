"""The folder that a run leaves."""

from pathlib import Path

from grader.model import Course, Grade
from grader.notebook.read import Notebook
from grader.pipeline import Graded
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
