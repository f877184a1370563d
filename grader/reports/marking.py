"""Pieces of a page for markers: cells of a hand-in, and an exercise with its witnesses."""

from collections.abc import Sequence

from markupsafe import Markup

from grader.model import ExerciseGrade
from grader.reports.cells import ReportCell
from grader.reports.summary import view_of
from grader.reports.text import presentable

__all__ = ["ReportCell", "cells_html", "exercise_html", "markdown_html", "whole_page"]


def cells_html(cells: Sequence[ReportCell]) -> Markup:
    """Return cells with their outputs as HTML that is safe whoever wrote them."""
    # TRAP: nbconvert takes 0.4 s to import, so it must wait until a page is wanted.
    from grader.reports.page import make_page

    return Markup(make_page("fragment", "", cells))  # noqa: S704


def exercise_html(grade: ExerciseGrade) -> Markup:
    """Return an exercise with what its checks found, and the details meant for staff."""
    from grader.reports.page import make_page

    return Markup(make_page("undecided", "", (), view=view_of(grade, 1)))  # noqa: S704


def markdown_html(text: str) -> Markup:
    """Return a text of markdown as HTML; its formulas are set when the page is whole."""
    from grader.reports.markdown import markdown

    return markdown(text)


def whole_page(page: str) -> str:
    """Return a page with its formulas set, and nothing in it that reorders or hides text."""
    from grader.reports import maths

    return presentable(maths.filled(page))
