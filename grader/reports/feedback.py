"""The page a student gets after grading."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from grader.model import Grade, Reveal
from grader.reports.cells import ReportCell
from grader.reports.levels import shown_at
from grader.reports.summary import summarise

__all__ = ["ReportCell", "feedback_page"]


class Step(Protocol):
    """A step of how a mark comes about: the rule, what it was applied to, what came of it."""

    @property
    def rule(self) -> str:
        """Return the rule's name."""

    @property
    def given(self) -> str:
        """Return what it was applied to."""

    @property
    def effect(self) -> str:
        """Return what came of it."""


def feedback_page(
    grade: Grade,
    title: str,
    cells: Sequence[ReportCell],
    *,
    level: Reveal | None = None,
    marks: bool = True,
    told: str = "",
    lines: Sequence[Step] = (),
) -> str:
    """Return the feedback on one submission as one self-contained HTML file.

    `title` names the assignment. Incidents and `detail` are for staff and not shown; what a
    student must know of a cell stands in its `note`. Nothing beyond the `level` is in the file, and
    without `marks` nothing that a person gave. `told` is a sentence on what is shown when, `lines`
    are how the student's own mark comes about.
    """
    # TRAP: nbconvert takes 0.4 s to import, so it must wait until a page is wanted.
    from grader.reports.page import make_page

    public = replace(shown_at(grade, level, marks=marks), cells=())
    words = {"grade": public, "summary": summarise(public), "told": told, "lines": lines}
    return make_page("feedback", title, cells, **words)
