"""House numbers: short files, short functions, a caption on each module."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "grader"
FILES = sorted(ROOT.rglob("*.py"))
MAX_FILE = 400
MAX_FUNCTION = 60
MAX_COMMENTS = 0.10


def ids(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("file", FILES, ids=ids)
def test_files_and_functions_are_short(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1
            assert length <= MAX_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("file", FILES, ids=ids)
def test_each_module_opens_with_a_caption(file: Path) -> None:
    caption = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n")[0]
    assert re.fullmatch(r"\S.{10,96}[.]", caption), caption


def test_captions_stand_in_the_table() -> None:
    """`grader/README.md` repeats every caption word for word, so it cannot fall behind."""
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    for file in FILES:
        if file.name == "__main__.py":
            continue
        name = str(file.relative_to(ROOT)).removesuffix("/__init__.py").removesuffix(".py")
        caption = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split(
            "\n"
        )[0]
        if name != "__init__":
            assert f"| `{name}` | {caption} |" in table, f"{name}: {caption}"


def test_comments_are_few() -> None:
    """Names say what happens, a comment names a trap: fewer than one line in ten."""
    lines = [line.strip() for file in FILES for line in file.read_text().splitlines()]
    comments = sum(line.startswith("#") for line in lines)
    assert comments / len(lines) < MAX_COMMENTS
