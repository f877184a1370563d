"""Made-up hand-ins of any assignment, written from the variants of its exercises."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.notebook.answers import PLACEHOLDER
from grader.notebook.source import read_cells, with_solution, without_solution

ROOT = Path(__file__).parents[2]
ASSIGNMENTS = sorted(path.name for path in (ROOT / "solutions").iterdir() if path.is_dir())


class Stage:
    """An assignment: its skeleton, and the right programs for each exercise."""

    def __init__(self, name: str) -> None:
        self.name = name
        notebook = ROOT / "assignments" / name / f"{name}.ipynb"
        self.document: dict[str, Any] = json.loads(notebook.read_text(encoding="utf-8"))
        folder = ROOT / "solutions" / name
        self.programs: dict[str, list[str]] = {}
        self.blanks: dict[str, str] = {}
        for cell in read_cells(folder / "solution.py"):
            if "exercise" in cell.metadata:
                exercise = cell.metadata["exercise"]
                self.programs[exercise] = [with_solution(cell.source)]
                self.blanks[flat(without_solution(cell))] = exercise
        for file in sorted((folder / "variants").glob("*.py")):
            for cell in read_cells(file):
                if "variant" in cell.metadata:
                    self.programs[cell.metadata["exercise"]].append(cell.source)

    @property
    def skeleton(self) -> list[str]:
        """The code cells as students get them."""
        cells = self.document["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]

    def hand_in(
        self, wrote: dict[str, str], names: tuple[str, ...] = ("", ""), answer: str = ""
    ) -> dict[str, Any]:
        """Return a notebook in which some exercises are written, and every question answered."""
        document: dict[str, Any] = json.loads(json.dumps(self.document))
        for cell in document["cells"]:
            source = "".join(cell["source"])
            source = wrote.get(self.blanks.get(flat(source), ""), source)
            source = source.replace('MEMBERS = ["", ""]', f"MEMBERS = {list(names)!r}")
            cell["source"] = source.replace(PLACEHOLDER, answer or PLACEHOLDER)
        return document

    def classes(self, rounds: int, rng: random.Random) -> Iterator[list[list[str]]]:
        """Yield classes of students who share no program: the code cells that each has written.

        There are as many as the largest exercise has programs; others stay blank for some of them.
        """
        size = max(map(len, self.programs.values()))
        for _ in range(rounds):
            students: list[list[str]] = [[] for _ in range(size)]
            for programs in self.programs.values():
                for student, program in zip(rng.sample(range(size), size), programs, strict=False):
                    students[student].append(program)
            yield [student for student in students if student]


def flat(source: str) -> str:
    """Return a source without what editors change about its layout."""
    return " ".join(source.split())
