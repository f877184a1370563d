"""The notebook as it is read on paper: a page for a browser to print."""

from collections.abc import Sequence

from grader.reports.cells import ReportCell


def paper_page(title: str, members: Sequence[str], cells: Sequence[ReportCell]) -> str:
    """Return a notebook, with the outputs stored in it, as one self-contained HTML file."""
    # TRAP: nbconvert takes 0.4 s to import, so it must wait until a page is wanted.
    from grader.reports.page import make_page

    return make_page("paper", title, cells, members=members)
