"""Find what a student tree must not hold: solutions, hidden checks, outputs, secrets."""

import ast
import base64
import binascii
import copy
import json
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from grader.settings import GIVEN_FILE

# An expression of fewer nodes than this is anybody's: `x / 2` gives nothing away.
MIN_NODES = 6
# As many tokens of a line must agree in a row where the text is not Python, but prose or JSON.
MIN_TOKENS = 10
TOKEN = re.compile(r"\w+|[^\w\s]")
LEGIBLE = re.compile(rb"[\t\n\x20-\x7e]{12,}")
NOTEBOOKS = (".ipynb", GIVEN_FILE)
BASE64 = re.compile(r"[A-Za-z0-9+/]{60,}={0,2}")


@dataclass(frozen=True)
class Hidden:
    """What must stay hidden: solution code, text for staff, names of hidden checks, secrets.

    `exercises` are the names that must be blank wherever students get them; `given` are the cells
    of exercises as students get them, signatures and all.
    """

    code: tuple[str, ...]
    text: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    secrets: tuple[str, ...] = ()
    exercises: frozenset[str] = frozenset()
    given: tuple[str, ...] = ()


def audit(files: dict[str, bytes], hidden: Hidden) -> list[str]:
    """Return one sentence for each thing found in the files that must not be there."""
    shapes = {shape for code in hidden.code for shape in _shapes(code)}
    lines = {line for text in (*hidden.code, *hidden.text) for line in _token_lines(text)}
    lines -= {line for text in hidden.given for line in _token_lines(text)}
    findings: list[str] = []
    for name, data in sorted(files.items()):
        for where, text in _texts(name, data):
            tokens = " ".join(TOKEN.findall(text))
            if any(shape in shapes for shape in _shapes(text)):
                findings.append(f"{where}: code with the structure of a solution")
            elif any(line in tokens for line in lines):
                findings.append(f"{where}: a line of a solution, a rubric or a hidden check")
            findings += [f"{where}: {name} is not blank" for name in _written(text, hidden)]
            findings += [
                f"{where}: the hidden check {check}" for check in hidden.names if check in text
            ]
            if any(secret in text for secret in hidden.secrets):
                findings.append(f"{where}: the secret of the course")
        findings += _outputs(name, data)
    return findings


def _texts(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """Yield every text in a file with its place; of a notebook also metadata and attachments."""
    # Of arrays and weights only what is legible can be a sentence or code.
    legible = b"\n".join(LEGIBLE.findall(data)) if b"\0" in data else data
    text = legible.decode("utf-8", "replace")
    if not name.endswith(NOTEBOOKS):
        yield name, text
    else:
        yield from _strings(json.loads(text), name)
    for found in BASE64.findall(text):
        try:
            inner = base64.b64decode(found, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        yield f"{name} (base64)", inner


def _strings(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, list):
        # nbformat splits a text into lines; a fragment may run over several.
        if value and all(isinstance(item, str) for item in value):
            yield where, "".join(value)
        else:
            for number, item in enumerate(value, 1):
                yield from _strings(item, f"{where}[{number}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(item, f"{where}.{key}")


def _outputs(name: str, data: bytes) -> Iterator[str]:
    if name.endswith(NOTEBOOKS):
        for number, cell in enumerate(json.loads(data)["cells"], 1):
            if cell.get("outputs") or cell.get("execution_count"):
                yield f"{name}, cell {number}: stored output"


def _shapes(source: str) -> Iterator[str]:
    """Yield the structure of every larger expression and block, with the names taken out."""
    for node in ast.walk(_tree(source)):
        is_block = isinstance(node, ast.For | ast.While | ast.If | ast.With)
        if (is_block or isinstance(node, ast.expr)) and _size(node) >= MIN_NODES:
            yield _shape(node)


def _written(source: str, hidden: Hidden) -> Iterator[str]:
    """Yield the exercises that a cell defines without a blank to fill in."""
    for node in _tree(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in hidden.exercises:
            names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            if "NotImplementedError" not in names:
                yield node.name


def _tree(source: str) -> ast.Module:
    """Return a source as a tree; the inside of a function as the function it may stand in."""
    inside = "def _():\n" + textwrap.indent(textwrap.dedent(source), "    ")
    for text in (textwrap.dedent(source), inside):
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
    return ast.Module([], [])


def _size(node: ast.AST) -> int:
    return sum(isinstance(part, ast.expr | ast.stmt) for part in ast.walk(node))


def _shape(node: ast.AST) -> str:
    """Return a node as text in which the first name is `n0`, the second `n1`, and so on."""
    names: dict[str, str] = {}
    anonymous = copy.deepcopy(node)
    for part in ast.walk(anonymous):
        if isinstance(part, ast.Name):
            part.id = names.setdefault(part.id, f"n{len(names)}")
    return ast.dump(anonymous)


def _token_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        tokens = TOKEN.findall(line.lstrip("# "))
        if len(tokens) >= MIN_TOKENS:
            yield " ".join(tokens)


def hidden_names(checks: str, public: str) -> frozenset[str]:
    """Return the names of the checks that are in the hidden file alone."""
    return frozenset(_check_names(checks)) - frozenset(_check_names(public))


def _check_names(source: str) -> Iterable[str]:
    return re.findall(r"^def (check_\w+)\(", source, re.MULTILINE)
