"""Take the names of those who wrote a hand-in out of what a marker is shown."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from grader.model import Grade
from grader.reports.cells import ReportCell

SHORTEST = 3
Mask = Callable[[str], str]


def mask_of(grade: Grade) -> Mask:
    """Return a function that blots out whole names, addresses, and the name of the hand-in.

    A first name alone stays: many are words, or somebody else's theorem.
    """
    people = grade.origin.people
    told = [field for p in people for field in (p.name, p.account, p.email)]
    names = {name.strip() for name in (*grade.members, *told, grade.submission)}
    wanted = sorted((n for n in names if len(n) >= SHORTEST), key=len, reverse=True)
    if not wanted:
        return str
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(n)}(?!\w)" for n in wanted), re.IGNORECASE)
    return lambda text: pattern.sub("[name]", text)


def masked(cells: list[ReportCell], mask: Mask) -> list[ReportCell]:
    """Return cells without names in what was written and what was shown."""
    return [
        replace(
            cell,
            source=mask(cell.source),
            note=mask(cell.note),
            outputs=tuple(_output(output, mask) for output in cell.outputs),
        )
        for cell in cells
    ]


def _output(output: Mapping[str, object], mask: Mask) -> dict[str, object]:
    return {name: _part(name, part, mask) for name, part in output.items()}


def _part(name: str, part: Any, mask: Mask) -> Any:
    if name.startswith("image/") and name != "image/svg+xml":
        return part
    if isinstance(part, str):
        return mask(part)
    if isinstance(part, Mapping):
        return {key: _part(str(key), value, mask) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_part(name, value, mask) for value in part]
    return part
