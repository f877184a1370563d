"""What a notebook says about itself: who wrote it, and which exercises it defines."""

import ast
import warnings
from collections.abc import Iterator

from grader.notebook.read import Notebook, runnable

MEMBERS = "MEMBERS"
MAX_NAME = 100
MAX_MEMBERS = 10


def members(notebook: Notebook) -> tuple[str, ...]:
    """Return the names in `MEMBERS = [...]`; read as a literal, never executed."""
    for statement in _statements(notebook):
        if isinstance(statement, ast.Assign) and any(_is_name(t) for t in statement.targets):
            try:
                value = ast.literal_eval(statement.value)
            except (ValueError, TypeError, MemoryError, RecursionError):
                continue
            if isinstance(value, list | tuple):
                names = [clean(name) for name in value if isinstance(name, str)]
                return tuple(name for name in names if name)[:MAX_MEMBERS]
    return ()


def defined(notebook: Notebook) -> set[str]:
    """Return the names of functions, classes and variables that cells define at top level."""
    names: set[str] = set()
    for statement in _statements(notebook):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign):
            names |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return names


def clean(text: str) -> str:
    """Return a name on one line, without control characters, of bounded length."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 10 * MAX_NAME])
    return " ".join(printable.split())[:MAX_NAME]


def _is_name(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == MEMBERS


def _statements(notebook: Notebook) -> Iterator[ast.stmt]:
    for source in notebook.code:
        yield from _parsed(runnable(source))


def _parsed(source: str) -> list[ast.stmt]:
    with warnings.catch_warnings():
        # A cell can be written to give a hundred thousand, all onto the TA's terminal.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # A cell that is not Python costs what is in it, here as in the worker.
            return []
