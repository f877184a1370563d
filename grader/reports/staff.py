"""The executed solution for staff: code, outputs, model answers and rubrics, set apart."""

from collections.abc import Sequence

from grader.reports.cells import StaffCell

__all__ = ["StaffCell", "staff_page"]


def staff_page(title: str, cells: Sequence[StaffCell]) -> str:
    """Return the solution of one assignment as one self-contained HTML file."""
    # TRAP: nbconvert takes 0.4 s to import, so it must wait until a page is wanted.
    from grader.reports.page import make_page

    return make_page("staff", title, cells)
