"""Read percent-format files: the solution of an assignment, its variants and its mistakes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.errors import CourseError

SOLUTION = re.compile(r"^(?P<indent>[ \t]*)# solution\s*$")
END = re.compile(r"^[ \t]*# end\s*$")
# Where jupytext keeps what it does not understand of a header.
UNREAD = "incorrectly_encoded_metadata"
BLANK = "raise NotImplementedError  # your code here"


@dataclass(frozen=True)
class Cell:
    """A cell of a percent-format file; the keys of its header line are `metadata`."""

    kind: str
    source: str
    metadata: dict[str, Any] = field(default_factory=dict)

    def has_tag(self, tag: str) -> bool:
        """Tell whether the header carries a tag."""
        return tag in self.metadata.get("tags", ())

    @property
    def is_reference(self) -> bool:
        """Tell whether the cell belongs to the reference solution: set-up and exercises."""
        return self.kind == "code" and ("exercise" in self.metadata or self.has_tag("setup"))


def read_cells(path: Path) -> list[Cell]:
    """Return the cells of a percent-format file, in order."""
    import jupytext

    try:
        notebook = jupytext.read(path, fmt="py:percent")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise CourseError(path, f"cannot be read ({error})") from error
    for cell in notebook.cells:
        if UNREAD in cell.metadata:
            header = f"# %% {cell.metadata[UNREAD]}"
            raise CourseError(path, f"the header {header!r} cannot be read: write key=value pairs")
    return [
        Cell(
            cell.cell_type,
            cell.source.strip("\n"),
            {key: value for key, value in cell.metadata.items() if key != "lines_to_next_cell"},
        )
        for cell in notebook.cells
    ]


def without_solution(cell: Cell) -> str:
    """Return a cell with every `# solution … # end` region replaced by one blank to fill in.

    Inside a function that raises; at the top of a cell it assigns `...` to the exercise's name.
    """
    variable = f"{cell.metadata.get('exercise')} = ...  # your code here"
    lines: list[str] = []
    inside = False
    for line in cell.source.splitlines():
        opening = SOLUTION.match(line)
        if opening:
            inside = True
            indent = opening["indent"]
            lines.append(indent + BLANK if indent else variable)
        elif END.match(line):
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def with_solution(source: str) -> str:
    """Return a cell with its solutions in place and the marks taken out."""
    kept = [line for line in source.splitlines() if not (SOLUTION.match(line) or END.match(line))]
    return "\n".join(kept)


def solution_regions(source: str) -> Iterator[str]:
    """Yield the text of each solution region of a cell."""
    lines: list[str] | None = None
    for line in source.splitlines():
        if SOLUTION.match(line):
            lines = []
        elif END.match(line) and lines is not None:
            yield "\n".join(lines)
            lines = None
        elif lines is not None:
            lines.append(line)
