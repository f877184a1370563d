"""Cells as a page wants them: source, number, outputs, and what the grader has to say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# nbformat's `attachments`: file name, then kind of picture, then base64.
Attachments = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class ReportCell:
    """A cell of an executed notebook; `outputs` are nbformat 4 output dictionaries.

    `kind` is markdown or code, `number` the execution count, `note` a sentence of the grader such
    as "The cell ran longer than 30 s and was stopped."
    """

    kind: str
    source: str
    number: int | None = None
    outputs: tuple[Mapping[str, object], ...] = ()
    note: str = ""
    attachments: Attachments = field(default_factory=dict)


@dataclass(frozen=True)
class StaffCell(ReportCell):
    """A cell of the solution; `role` is empty, exercise, question, answer or rubric."""

    role: str = ""
