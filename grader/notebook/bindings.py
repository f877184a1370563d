"""Code cells read as Python and never run: what each binds and needs, or why it is not Python."""

import ast
import re
import symtable
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from grader.notebook.read import runnable

Tree = TypeVar("Tree")

MAX_PROBLEM = 200
# What Python itself says of code that it cannot even take apart.
BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True)
class Reading:
    """What a cell binds at top level, and which names its functions and classes look up there.

    `problem` says why a cell is not Python, and in which line; the other fields are empty then.
    """

    binds: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    problem: str = ""


def read_code(source: str) -> Reading:
    """Return what a code cell binds and needs; magics and shell lines are looked over."""
    try:
        table = _taken_apart(source, lambda text: symtable.symtable(text, "cell", "exec"))
    except BROKEN as error:
        return Reading(problem=_problem(error))
    inner = list(_below(table))
    own = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    handed_up = {s.get_name() for s in inner if s.is_declared_global() and s.is_assigned()}
    return Reading(
        frozenset((own | handed_up) - _deleted(source)),
        frozenset(s.get_name() for s in inner if s.is_global() and s.is_referenced()),
    )


def statements(source: str) -> list[ast.stmt]:
    """Return the statements of a code cell; none if it is not Python."""
    try:
        return _taken_apart(source, ast.parse).body
    except BROKEN:
        # A cell that is not Python costs what is in it, here as in the worker.
        return []


def blanks(source: str) -> frozenset[str]:
    """Return the names that a cell defines as they were released: still to be written."""
    return frozenset(name for statement in statements(source) for name in _blank(statement))


def _blank(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            names = (node.id for node in ast.walk(statement) if isinstance(node, ast.Name))
            if "NotImplementedError" in names:
                yield statement.name
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
            if value is ...:
                yield name


def _taken_apart(source: str, take: Callable[[str], Tree]) -> Tree:
    with warnings.catch_warnings():
        # A cell can be written to give a hundred thousand, all onto the TA's terminal.
        warnings.simplefilter("ignore")
        try:
            return take(source)
        except BROKEN:
            return take(runnable(source))


def _deleted(source: str) -> set[str]:
    """Return the names in `del` statements, which a table of symbols counts as assigned."""
    listed = ",".join(re.findall(r"(?m)^[ \t]*del[ \t]+(.*)", source))
    return {name.strip() for name in listed.split(",")}


def _below(table: symtable.SymbolTable) -> Iterator[symtable.Symbol]:
    for child in table.get_children():
        yield from child.get_symbols()
        yield from _below(child)


def _problem(error: BaseException) -> str:
    if not isinstance(error, SyntaxError):
        return "it is nested too deeply, or holds something that is no text"
    line = f" in line {error.lineno}" if error.lineno else ""
    # TRAP: some messages quote the offending line, which may be as long as its author likes.
    text = re.sub(r"\s+", " ", str(error.msg))[:MAX_PROBLEM]
    return f"{text}{line}"
