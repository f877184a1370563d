"""What edits are made of: finding cells, cutting them, joining them."""

import ast
import copy
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import nbformat
from nbformat.warnings import DuplicateCellId, MissingIDFieldWarning

MARKS, SENTENCE = "marks", "sentence"
Document = dict[str, Any]
Cell = dict[str, Any]


class NotHereError(Exception):
    """This notebook has nothing that the edit could change."""


@dataclass(frozen=True)
class Edit:
    """A change to a notebook; `says` is what a refusal after it may read."""

    name: str
    keeps: str
    apply: Callable[[Random, Any], Any]
    says: str = ""


CELLS: list[Edit] = []
FILES: list[Edit] = []


def edit(keeps: str, says: str = "", to: list[Edit] = CELLS) -> Callable[..., Any]:
    def take(function: Callable[..., Any]) -> Callable[..., Any]:
        to.append(Edit(function.__name__, keeps, function, says))
        return function

    return take


def pick(rng: Random, found: list[Any]) -> Any:
    if not found:
        raise NotHereError
    return rng.choice(found)


def usable(document: Document) -> list[Cell]:
    """Return the cells that no earlier edit has torn."""
    cells = [c for c in document["cells"] if isinstance(c, dict) and "cell_type" in c]
    return [c for c in cells if isinstance(c.get("source"), str)]


def code(document: Document) -> list[Cell]:
    return [c for c in usable(document) if c["cell_type"] == "code"]


def written(document: Document) -> list[Cell]:
    """Return the code cells that define something in plain Python."""
    return [c for c in code(document) if names_in(c["source"])]


def names_in(source: str) -> list[str]:
    return [
        node.name
        for node in body(source)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
    ]


def body(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError):
        return []


def texts(document: Document) -> list[Cell]:
    """Return the text cells that are no part of a question."""
    found = [c for c in usable(document) if c["cell_type"] == "markdown"]
    return [c for c in found if "Question" not in c["source"] and "Because" not in c["source"]]


def new_code(source: str) -> Cell:
    return {
        "cell_type": "code", "source": source, "metadata": {}, "outputs": [],
        "execution_count": None,
    }  # fmt: skip


def insert(document: Document, index: int, cell: Cell) -> None:
    document["cells"].insert(index, cell)


def place(document: Document, cell: Cell) -> int:
    return next(i for i, other in enumerate(document["cells"]) if other is cell)


def change_line(rng: Random, document: Document, change: Callable[[str], str]) -> None:
    cell = pick(rng, written(document))
    lines = cell["source"].split("\n")
    index = pick(rng, [i for i, line in enumerate(lines) if line.strip() and change(line) != line])
    lines[index] = change(lines[index])
    cell["source"] = "\n".join(lines)


def neighbours(document: Document) -> list[tuple[Any, Any]]:
    return list(zip(document["cells"], document["cells"][1:], strict=False))


def merge(document: Document, one: Cell, two: Cell) -> None:
    one["source"] = f"{one['source']}\n{two['source']}"
    del document["cells"][place(document, two)]


def split(document: Document, cell: Cell, line: int) -> None:
    lines = cell["source"].split("\n")
    rest = {**copy.deepcopy(cell), "source": "\n".join(lines[line:])}
    cell["source"] = "\n".join(lines[:line])
    insert(document, place(document, cell) + 1, rest)


def first_line(statement: ast.stmt) -> int:
    return min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])


def is_failing(source: str) -> bool:
    signs = ("colab", "1 / 0", "undefined_name", "exit", "quit", "not_installed", "missing_name")
    return any(sign in source for sign in (*signs, "KeyboardInterrupt", "assert False"))


def blank(source: str) -> str:
    """Return a cell with the bodies of its functions taken out."""
    lines, kept = source.split("\n"), []
    for line in lines:
        kept.append(line)
        if line.lstrip().startswith("def ") and line.rstrip().endswith(":"):
            inner = " " * (len(line) - len(line.lstrip()) + 4)
            kept.append(f"{inner}raise NotImplementedError  # your code here")
    return "\n".join(kept)


def may_swap(document: Document, one: Cell, two: Cell) -> bool:
    """Tell whether nothing from one cell to another needs, when it is run, what moves past it."""
    cells = document["cells"][place(document, one) : place(document, two) + 1]
    between = [cell for cell in cells if cell in code(document)]
    return not any(uses(cell, one) for cell in between[1:]) and not any(
        uses(two, cell) for cell in between[:-1]
    )


def uses(later: Cell, earlier: Cell) -> bool:
    """Tell whether running one cell needs another: a base class, say, but not a call to come."""
    tops = {
        node.id
        for statement in body(later["source"])
        for node in ast.walk(statement)
        if isinstance(node, ast.Name)
        and isinstance(statement, ast.ClassDef | ast.Assign | ast.Expr)
    }
    both = set(names_in(later["source"])) | tops
    return bool(both & set(names_in(earlier["source"])))


def through(document: Document, way: Callable[[Any], Any]) -> None:
    """Take a sound notebook through a converter."""
    try:
        with warnings.catch_warnings():
            # Converters go on where cells have no ids, or several the same, and so does this one.
            for harmless in (MissingIDFieldWarning, DuplicateCellId):
                warnings.simplefilter("ignore", harmless)
            nbformat.validate(copy.deepcopy(document))
            book = nbformat.reads(json.dumps(document), as_version=4)
    except (nbformat.ValidationError, KeyError, TypeError, AttributeError, ValueError):
        # A converter is nothing for a notebook that is torn already.
        raise NotHereError from None
    after = json.loads(json.dumps(way(book)))
    document.clear()
    document.update(after)
