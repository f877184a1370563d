"""A made-up cohort with known mistakes, for people to look at and for tests."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.model import Course
from grader.notebook.source import Cell, read_cells, with_solution, without_solution

ASSIGNMENT = "05_flow"
PDF = b"%PDF-1.4\n%%EOF\n"


@dataclass(frozen=True)
class Actor:
    """A group that hands in: what they wrote for some exercises, and what else they did.

    `wrote` maps an exercise to a variant or mistake of the catalogue, or to code; everything else
    is the solution, or left blank if `only` says so. `adds` are further code cells.
    """

    name: str
    members: tuple[str, ...]
    story: str
    wrote: dict[str, str] = field(default_factory=dict)
    only: tuple[str, ...] | None = None
    answers: str = ""
    adds: tuple[str, ...] = ()
    change: Callable[[dict[str, Any]], dict[str, Any] | str] | None = None

    @property
    def has_run(self) -> bool:
        """Tell whether they ran the notebook and exported it; those who wrote nothing did not."""
        return self.only != ()


def write_cohort(course: Course, actors: tuple[Actor, ...], folder: Path) -> None:
    """Write one folder per actor with the notebook that was handed in."""
    theatre = Theatre(course)
    for actor in actors:
        place = folder / actor.name
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{ASSIGNMENT}.ipynb").write_text(theatre.hand_in(actor), encoding="utf-8")
        if actor.has_run:
            (place / f"{ASSIGNMENT}.pdf").write_bytes(PDF)


class Theatre:
    """The skeleton and the catalogue that hand-ins are made from."""

    def __init__(self, course: Course) -> None:
        folder = course.root / "solutions" / ASSIGNMENT
        if not folder.is_dir():
            raise UsageError(
                f"There is no {folder}: the made-up hand-ins are of the assignment {ASSIGNMENT}. "
                "Run the command in a checkout of the course Inside Language Models, with its "
                "solutions."
            )
        skeleton = course.root / "assignments" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        self.skeleton: dict[str, Any] = json.loads(skeleton.read_text(encoding="utf-8"))
        self.exercises = {
            cell.metadata["exercise"]: cell
            for cell in read_cells(folder / "solution.py")
            if "exercise" in cell.metadata
        }
        self.catalogue = {
            cell.metadata.get("variant") or cell.metadata.get("mistake"): cell.source
            for file in sorted(folder.glob("*/*.py"))
            for cell in read_cells(file)
            if cell.kind == "code"
        }

    def hand_in(self, actor: Actor) -> str:
        """Return the text of an actor's notebook."""
        document = json.loads(json.dumps(self.skeleton))
        blanks = {key(without_solution(c)): name for name, c in self.exercises.items()}
        for cell in document["cells"]:
            source = "".join(cell["source"])
            exercise = blanks.get(key(source))
            if exercise is not None:
                source = self._code(actor, exercise)
            source = source.replace('MEMBERS = ["", ""]', f"MEMBERS = {list(actor.members)!r}")
            if actor.answers:
                source = source.replace("*Your answer here.*", actor.answers)
            cell["source"] = source
        document["cells"] += [code_cell(source) for source in actor.adds]
        if actor.has_run:
            as_run(document)
        changed = actor.change(document) if actor.change else document
        return changed if isinstance(changed, str) else json.dumps(changed, indent=1)

    def _code(self, actor: Actor, exercise: str) -> str:
        cell: Cell = self.exercises[exercise]
        chosen = actor.wrote.get(exercise)
        if chosen is not None:
            return str(self.catalogue.get(chosen, chosen))
        if actor.only is not None and exercise not in actor.only:
            return without_solution(cell)
        return with_solution(cell.source)


def key(source: str) -> str:
    """Return a source without the blanks that editors add or drop."""
    return " ".join(source.split())


def as_run(document: dict[str, Any]) -> None:
    """Number the code cells as a run from top to bottom does, and keep an output."""
    code = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    for count, cell in enumerate(code, 1):
        cell["execution_count"] = count
    code[0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "ready\n"}]


def code_cell(source: str) -> dict[str, Any]:
    """Return a code cell."""
    cell: dict[str, Any] = {"cell_type": "code", "execution_count": None}
    return cell | {"metadata": {}, "outputs": [], "source": source}
