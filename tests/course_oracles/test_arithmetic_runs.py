"""The larger model of the capstone: what its optional cell prints is what the text says."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from grader.checks.reference import load_namespace
from grader.notebook.source import read_cells, with_solution

ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_a_thousand_steps_are_enough() -> None:
    cells = read_cells(ROOT / "solutions" / "07_arithmetic" / "solution.py")
    [long] = [cell.source for cell in cells if cell.source.startswith("LONG = False")]
    sources = [with_solution(cell.source) for cell in cells if cell.is_reference]
    sources.append("tokenizer = ArithmeticTokenizer(SYMBOLS)")
    said = io.StringIO()
    there = contextlib.chdir(ROOT / "assignments" / "07_arithmetic")
    with there, contextlib.redirect_stdout(said):
        load_namespace("capstone", [*sources, long.replace("False", "True", 1)])
    line = r"answer only (\w+): ([\d.]+) ([\d.]+) ([\d.]+) loss ([\d.]+)"
    rows = re.findall(line, said.getvalue())
    assert len(rows) == 5
    for only, _, after_1000, after_1500, loss in rows:
        assert float(after_1000) >= 0.99
        assert float(after_1500) >= 0.99
        # With the loss on everything the floor is 3 ln 10 / 8 = 0.8635.
        assert float(loss) < 0.03 if only == "True" else 0.863 < float(loss) < 0.87
