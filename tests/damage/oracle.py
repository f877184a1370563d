"""Judge what grading made of a damaged notebook: full marks, true sentences, or silence.

Every sentence that explains a loss is held against the notebook by other means than the grader's:
a claim that is not true counts as silence.
"""

import ast
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from grader.model import ExerciseGrade, Grade

FULL, TOLD, SILENT = "full marks", "sentence", "silent"


@dataclass(frozen=True)
class Verdict:
    """How a damaged notebook came off, and why it is called silent if it is."""

    outcome: str
    why: str = ""


@dataclass(frozen=True)
class Book:
    """The cells of a notebook, read as simply as can be, and which of them ran."""

    code: list[str]
    text: list[str]
    ok: list[bool]

    @classmethod
    def read(cls, data: bytes, grade: Grade) -> "Book":
        document = json.loads(data.decode("utf-16" if data[0] > 250 else "utf-8-sig"), strict=False)
        sheets = document.get("worksheets") or [document]
        cells = [c for sheet in sheets for c in sheet["cells"] if is_cell(c)]
        kinds = [(cell["cell_type"].lower() == "code", source_of(cell)) for cell in cells]
        return cls(
            [source for is_code, source in kinds if is_code],
            [source for is_code, source in kinds if not is_code],
            [run.ok for run in grade.cells],
        )

    def defines(self, name: str) -> list[int]:
        """Return the numbers of the code cells that bind a name, wherever in them."""
        return [n for n, source in enumerate(self.code, 1) if name in bound(source)]


def is_cell(cell: Any) -> bool:
    return (
        isinstance(cell, dict)
        and isinstance(cell.get("cell_type"), str)
        and isinstance(cell.get("source", cell.get("input", "")), str | list)
    )


def source_of(cell: dict[str, Any]) -> str:
    source = "".join(cell.get("source", cell.get("input", "")))
    return source.replace("\r\n", "\n").replace("\r", "\n")


def bound(source: str) -> set[str]:
    names = set()
    for node in tree(source).body:
        for part in ast.walk(node):
            if isinstance(part, ast.FunctionDef | ast.ClassDef) and part is node:
                names.add(part.name)
            elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                names.add(part.id)
            elif isinstance(part, ast.alias):
                names.add(part.asname or part.name)
    return names


def tree(source: str) -> ast.Module:
    lines = [
        line for line in source.split("\n") if not re.match(r"\s*([%!?].*|\w+\?+|\w+ = !.*)$", line)
    ]
    for text in (source, "\n".join(lines)):
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError):
            continue
    return ast.Module([], [])


def is_python(source: str) -> bool:
    return bool(tree(source).body)


def is_blank_in(book: Book, name: str) -> bool:
    """Tell whether a cell defines the name, or what its method belongs to, without a body."""
    whole = name.partition(".")[0]
    return any("NotImplementedError" in book.code[n - 1] for n in book.defines(whole))


def leaves_blank(book: Book, text: str) -> bool:
    """Tell whether a sentence of a blank that something needs is there and true."""
    match = re.search(r"needs `(\w+)`, which code cell (\d+) leaves blank\.", text)
    return bool(match) and f"def {match[1]}(" in book.code[int(match[2]) - 1]


Claim = Callable[[Book, re.Match[str]], bool]
# What a sentence claims, and whether that is so.
CLAIMS: list[tuple[str, Claim]] = [
    (r"`(\S+)` is still blank\.", lambda b, m: is_blank_in(b, m[1]) or leaves_blank(b, m.string)),
    (r"`\w+` needs `\w+`, which code cell \d+ leaves blank\.", lambda b, m: leaves_blank(b, m[0])),
    (
        r"Code cells ([\d, and]+) (?:and \d+ more )?define `(\w+)`, and the last one counts\.",
        lambda b, m: [int(n) for n in re.findall(r"\d+", m[1])] == b.defines(m[2]),
    ),
    (
        r"Code cell (\d+) defines `(\w+)`, but stopped early: ",
        lambda b, m: m[2] in bound(b.code[int(m[1]) - 1]) and not b.ok[int(m[1]) - 1],
    ),
    (
        r"Code cell (\d+) defines `(\w+)`, but it is gone at the end",
        lambda b, m: any(re.search(rf"del {m[2]}\b|%reset", source) for source in b.code),
    ),
    (
        r"`(\w+)` stands in a text cell",
        lambda b, m: any(m[1] in text for text in b.text) and not b.defines(m[1]),
    ),
    (
        r"`(\w+)` stands in code cell (\d+), which is not Python: ",
        lambda b, m: m[1] in b.code[int(m[2]) - 1] and not is_python(b.code[int(m[2]) - 1]),
    ),
    (
        r"`(\w+)` stands in code cell (\d+), which begins with `(%%\S+)` and defines nothing\.",
        lambda b, m: b.code[int(m[2]) - 1].startswith(m[3]),
    ),
    (
        r"`(\w+)` stands in code cell (\d+), line (\d+), as a comment only\.",
        lambda b, m: bool(re.match(rf"\s*#.*{m[1]}", line_of(b, m[2], m[3]))),
    ),
    (
        r"`(\w+)` is indented in code cell (\d+), line (\d+)",
        lambda b, m: bool(re.match(rf"\s+\S.*{m[1]}", line_of(b, m[2], m[3]))),
    ),
    (
        r"No cell defines `(\w+)`, but code cell (\d+) defines `(\w+)`: the name is what counts\.",
        lambda b, m: not b.defines(m[1]) and int(m[2]) in b.defines(m[3]),
    ),
    (
        r"No cell defines `(\w+)`; code cell (\d+) is not Python",
        lambda b, m: not b.defines(m[1]) and not is_python(b.code[int(m[2]) - 1]),
    ),
    (
        r"No cell defines `(\w+)`(?:\.|; the notebook as given)",
        lambda b, m: not b.defines(m[1]) and not any(f"def {m[1]}(" in t for t in b.text),
    ),
    (
        r"Code cell (\d+) begins indented, .* belongs to `(\w+)` in code cell (\d+), join the two",
        lambda b, m: b.code[int(m[1]) - 1][:1].isspace() and int(m[3]) in b.defines(m[2]),
    ),
    (
        r"Code cell (\d+) gives `(\w+)` a value, and no cell has a `def` or `class`",
        lambda b, m: int(m[1]) in b.defines(m[2]) and f"def {m[2]}" not in "".join(b.code),
    ),
    (
        r"`(\w+)` has no `(\w+)`\.",
        lambda b, m: (
            not any(
                isinstance(part, ast.FunctionDef) and part.name == m[2]
                for n in b.defines(m[1])[-1:]
                for node in tree(b.code[n - 1]).body
                if isinstance(node, ast.ClassDef) and node.name == m[1]
                for part in node.body
            )
        ),
    ),
]


def line_of(book: Book, cell: str, line: str) -> str:
    return book.code[int(cell) - 1].split("\n")[int(line) - 1]


def verdict(data: bytes, grade: Grade, says: list[str]) -> Verdict:
    """Judge one grading; `says` are the patterns of refusals that the edits account for."""
    if grade.refused:
        known = any(re.search(pattern, grade.refused) for pattern in says if pattern)
        return Verdict(TOLD if known else SILENT, "" if known else grade.refused)
    lost = [exercise for exercise in grade.exercises if exercise.points < exercise.max_points]
    if not lost:
        return Verdict(FULL)
    book = Book.read(data, grade)
    silent = [reason for exercise in lost for reason in unexplained(exercise, book)]
    return Verdict(SILENT, "; ".join(silent)) if silent else Verdict(TOLD)


def unexplained(exercise: ExerciseGrade, book: Book) -> Iterator[str]:
    """Yield what is wrong with the explanation of a lost exercise; nothing if it has a true one."""
    messages = [check.message for check in exercise.checks if check.points < check.max_points]
    text = "\n".join([exercise.note, *messages])
    found = False
    for pattern, is_true in CLAIMS:
        for match in re.finditer(pattern, text):
            found = True
            if not is_true(book, match):
                yield f"{exercise.name}: not true: {match[0]}"
    if not found:
        yield f"{exercise.name}: nothing explains {text!r}"
