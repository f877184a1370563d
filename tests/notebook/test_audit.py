"""Ten kinds of leak are planted; each is found, and a clean tree is clean."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from grader.errors import LeakFound
from grader.notebook.audit import Hidden, audit
from grader.release import leaks, release, student_tree

SOLUTION = "gap = np.sqrt(4 - x**2)\nreturn x**2 / (2 + gap)"
HIDDEN = Hidden(
    code=(SOLUTION, "def pushforward_pdf(p_x, h_inv, dh, y):\n    return p_x(h_inv(y)) / 2"),
    text=("- 1: says that the CDF of a uniform variable is the identity on the unit interval",),
    names=frozenset({"check_increasing_everywhere"}),
    secrets=("5ecre7-5ecre7-5ecre7",),
    exercises=frozenset({"cdf_x"}),
    given=("def pushforward_pdf(p_x, h_inv, dh, y):\n    raise NotImplementedError",),
)


def book(**cell: Any) -> dict[str, bytes]:
    plain = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**plain, "source": "x = 1"}, {**plain, "source": "", **cell}]
    return {"05/05.ipynb": json.dumps({"cells": cells, "metadata": {}}).encode()}


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


LEAKS = {
    "the solution itself": book(
        source=f"def f(x):\n    {SOLUTION.replace(chr(10), chr(10) + '    ')}"
    ),
    "with other names": book(source="def f(t):\n    return t**2 / (2 + g)"),
    "as an expression in a figure": book(source="plt.plot(u, u**2 / (2 + v))"),
    "a solution too small to be recognised": book(source="def cdf_x(x):\n    return x * x / 4"),
    "commented out": book(source="# return x**2 / (2 + gap)  # old, of last year\n# x = 1"),
    "in text": book(cell_type="markdown", source="Try `return x**2 / (2 + gap)` first."),
    "in metadata": book(metadata={"old": "gap = np.sqrt(4 - x**2)"}),
    "in an attachment": book(
        cell_type="markdown", attachments={"a.txt": {"text/plain": b64(SOLUTION + "  # padding")}}
    ),
    "stored output": book(outputs=[{"output_type": "stream", "text": "1"}]),
    "execution count": book(execution_count=3),
    "a hidden check": {"05/checks.py": b"def check_increasing_everywhere(submission): ..."},
    "a rubric": book(cell_type="markdown", source=HIDDEN.text[0]),
    "the secret": {"05/assignment.toml": b'secret = "5ecre7-5ecre7-5ecre7"'},
    "in a file beside": {"05/helper.py": SOLUTION.encode()},
    "base64 between numbers": {"05/weights.bin": b"\0\1" + b64(SOLUTION + "  # padding").encode()},
    "between numbers": {"05/weights.bin": b"\0\1\xff" + HIDDEN.text[0].encode() + b"\0" * 9},
}


@pytest.mark.parametrize("files", LEAKS.values(), ids=LEAKS.keys())
def test_a_leak_is_found(files: dict[str, bytes]) -> None:
    assert audit(files, HIDDEN)


CLEAN = {
    "a small expression": book(source="y = x / 2"),
    "an expression of another structure": book(source="y = x**3 / (3 - np.exp(x))"),
    "the formula in mathematics": book(cell_type="markdown", source="$y=2-\\sqrt{4-x^2}$"),
    "a blank": book(source="def cdf_x(x):\n    raise NotImplementedError  # your code here"),
    "a signature that is given": book(
        source="def pushforward_pdf(p_x, h_inv, dh, y):\n    raise NotImplementedError"
    ),
    "words": book(cell_type="markdown", source="The map is increasing everywhere."),
}


@pytest.mark.parametrize("files", CLEAN.values(), ids=CLEAN.keys())
def test_what_gives_nothing_away_passes(files: dict[str, bytes]) -> None:
    assert audit(files, HIDDEN) == []


def test_nothing_is_written_when_something_leaks(tmp_path: Path, course: Any) -> None:
    secret = "Mini"  # a word that the tree cannot help holding
    with pytest.raises(LeakFound, match="the secret of the course"):
        release(course.root, tmp_path / "out", [secret])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("root", ["", "tests/course"])
def test_what_we_ship_is_clean(root: str) -> None:
    """The committed student tree holds nothing hidden."""
    home = Path(__file__).parents[2] / root
    assert leaks(home, student_tree(home), ()) == []


@pytest.mark.parametrize("root", ["", "tests/course"])
def test_the_committed_tree_is_what_the_solutions_make(root: str) -> None:
    """`assignments/` is generated: run `grader release` after changing a solution."""
    home = Path(__file__).parents[2] / root
    folder = home / "assignments"
    made = student_tree(home)
    there = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert sorted(made) == sorted(there)
    for name, data in made.items():
        assert there[name] == data, f"{name} differs from what `grader release` makes"
