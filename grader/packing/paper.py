"""The PDF of a notebook, by whatever this machine has: a browser, or the plain way."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.card import FRAME
from grader.notebook.repair import repair
from grader.reports.cells import ReportCell

COLUMNS = 12
CARD = f'<div style="{FRAME}">'
ROW = re.compile(r"<tr.*?</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd]\b")
BY_HAND = (
    "No PDF could be made here: there is no Chromium, Chrome or Edge, and fpdf2 is not installed. "
    "Install one of them, or print the notebook to a PDF in Jupyter (File → Print, or Save and "
    "Export → PDF) and name the file with --pdf FILE."
)


@dataclass(frozen=True)
class Paper:
    """A PDF and what made it; empty where nothing could, and `problem` says what to do."""

    data: bytes = b""
    made_by: str = ""
    problem: str = ""


def make_pdf(data: bytes, title: str, members: Sequence[str], folder: Path) -> Paper:
    """Return a notebook, with the outputs stored in it, as PDF; `folder` must be writable."""
    from grader.reports.printing import find_browser, print_page

    cells, browser = cells_of(data), find_browser()
    if browser is not None:
        from grader.reports.paper import paper_page

        printed = print_page(browser, paper_page(title, members, cells), folder)
        if printed:
            return Paper(printed, browser.stem)
    try:
        from grader.reports.plain import plain_pdf
    except ImportError:
        return Paper(problem=BY_HAND)
    return Paper(plain_pdf(title, members, cells), "fpdf2")


def narrow(output: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an output as its text, where it is a table too wide for paper or a card of `check`."""
    data = output.get("data", {})
    html = "".join(data.get("text/html", ""))
    row = ROW.search(html)
    is_wide = row is not None and len(CELL.findall(row[0])) > COLUMNS
    # Styles of outputs do not reach the page, and a card without its own is hard to read.
    if (is_wide or html.startswith(CARD)) and "text/plain" in data:
        return {**output, "data": {k: v for k, v in data.items() if k != "text/html"}}
    return output


def cells_of(data: bytes) -> list[ReportCell]:
    """Return the cells of a notebook with their outputs, mended where they are damaged."""
    document = json.loads(repair(data).data)
    return [
        ReportCell(
            "code" if cell["cell_type"] == "code" else "markdown",
            "".join(cell["source"]),
            cell.get("execution_count"),
            tuple(map(narrow, cell.get("outputs", ()))),
            attachments=cell.get("attachments", {}),
        )
        for cell in document["cells"]
    ]
