"""A page from cells and words: nbconvert lays out the notebook inside our own template."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbformat import NotebookNode, from_dict

from grader.reports import maths
from grader.reports.cells import ReportCell, StaffCell
from grader.reports.markdown import markdown
from grader.reports.outputs import output_html
from grader.reports.tame import Allowance, tame, tame_attachments, tame_source
from grader.reports.text import counted, decimal, presentable, prose, shorten

TEMPLATES = Path(__file__).with_name("templates")
CELL_LIMIT = 1_000
HIGHLIGHT_LIMIT = 10_000


def make_page(template: str, title: str, cells: Sequence[ReportCell], **words: object) -> str:
    """Return the HTML file that a template makes of a notebook and of `words`."""
    resources = {"title": title, "left_out": max(0, len(cells) - CELL_LIMIT), **words}
    body, _ = _exporter(template).from_notebook_node(_notebook(cells), resources)
    return presentable(maths.filled(body))


@lru_cache(maxsize=4)
def _exporter(template: str) -> TemplateExporter:
    filters = {
        "code": _code,
        "counted": counted,
        "decimal": decimal,
        "markdown": markdown,
        "output_html": output_html,
        "prose": prose,
        "shorten": shorten,
    }
    exporter = TemplateExporter(
        # Each of them, even when disabled, costs a validation of the whole notebook.
        default_preprocessors=[],
        template_paths=[str(TEMPLATES)],
        template_file=f"{template}.html.j2",
        filters=filters,
    )
    # TRAP: nbconvert leaves autoescaping off.
    exporter.environment.autoescape = True
    exporter.environment.trim_blocks = exporter.environment.lstrip_blocks = True
    return exporter


def _notebook(cells: Sequence[ReportCell]) -> NotebookNode:
    allowance = Allowance()
    return from_dict(
        {
            "nbformat": 4,
            # The last minor version whose cells need no ids.
            "nbformat_minor": 4,
            "metadata": {},
            "cells": [_node(cell, allowance) for cell in cells[:CELL_LIMIT]],
        }
    )


def _node(cell: ReportCell, allowance: Allowance) -> dict[str, object]:
    role = cell.role if isinstance(cell, StaffCell) else ""
    node: dict[str, object] = {
        "cell_type": cell.kind,
        "source": tame_source(cell.source, allowance),
        "metadata": {"grader": {"note": cell.note, "role": role}},
    }
    if cell.kind == "code":
        outputs = tame(cell.outputs, allowance)
        return node | {"execution_count": cell.number, "outputs": outputs}
    return node | {"attachments": tame_attachments(cell.attachments, allowance)}


@lru_cache(maxsize=512)
def _code(source: str) -> Markup:
    if len(source) > HIGHLIGHT_LIMIT:
        return Markup("<pre>{}</pre>").format(source)
    return Markup(_highlight(source))  # noqa: S704


_highlight = Highlight2HTML()
