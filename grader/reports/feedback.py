"""The page a student gets after grading."""

from collections.abc import Sequence
from dataclasses import replace

from grader.model import Grade
from grader.reports.cells import ReportCell
from grader.reports.summary import summarise

__all__ = ["ReportCell", "feedback_page"]


def feedback_page(grade: Grade, title: str, cells: Sequence[ReportCell]) -> str:
    """Return the feedback on one submission as one self-contained HTML file.

    `title` names the assignment. Incidents and `detail` are for staff and not shown; what a
    student must know of a cell stands in its `note`.
    """
    # TRAP: nbconvert takes 0.4 s to import, so it must wait until a page is wanted.
    from grader.reports.page import make_page

    public = replace(grade, incidents=(), cells=())
    return make_page("feedback", title, cells, grade=public, summary=summarise(public))
