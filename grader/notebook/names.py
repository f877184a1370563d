"""What a notebook says about itself: who wrote it, and which exercises it defines."""

import ast
import re
from collections.abc import Sequence

from grader.notebook.bindings import read_code, statements
from grader.notebook.read import Notebook
from grader.roster import clean

MEMBERS = "MEMBERS"
MAX_MEMBERS = 10
SEEMS_DEFINED = re.compile(r"(?m)^[ \t#]*(?:(?:def|class)[ \t]+)?(\w+)(?=[ \t]*[(:=])")
MAX_TEXT = 20_000


def members(notebook: Notebook) -> tuple[str, ...]:
    """Return the names in `MEMBERS = [...]`; read as a literal, never executed."""
    for statement in (found for source in notebook.code for found in statements(source)):
        if isinstance(statement, ast.Assign) and any(_is_name(t) for t in statement.targets):
            try:
                value = ast.literal_eval(statement.value)
            except (ValueError, TypeError, MemoryError, RecursionError):
                continue
            if isinstance(value, list | tuple):
                names = [clean(name) for name in value if isinstance(name, str)]
                return tuple(name for name in names if name)[:MAX_MEMBERS]
    return ()


def with_members(source: str, names: Sequence[str]) -> str | None:
    """Return a cell with other names in its `MEMBERS`, or None if it has none."""
    for statement in statements(source):
        if isinstance(statement, ast.Assign) and any(_is_name(t) for t in statement.targets):
            lines = source.splitlines()
            first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
            return "\n".join([*lines[:first], f"{MEMBERS} = {list(names)!r}", *lines[last:]])
    return None


def defined(notebook: Notebook) -> set[str]:
    """Return the names of functions, classes and variables that cells define at top level."""
    return {name for source in notebook.code for name in read_code(source).binds}


def mentioned(notebook: Notebook) -> set[str]:
    """Return the names that seem to be defined in cells which are text, or not Python."""
    texts = (cell.source[:MAX_TEXT] for cell in notebook.cells)
    return {name for text in texts for name in SEEMS_DEFINED.findall(text)}


def _is_name(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == MEMBERS
