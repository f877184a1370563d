"""Run attacks in one setting and print what came of each, as JSON lines.

    python -m tests.attacks.arena SETTING [NAME...]

Only ever inside process and mount namespaces of its own, as `outer.py` starts it: an attack that
succeeds must not harm the machine.
"""

import importlib
import json
import os
import string
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat

from grader.model import Grade, HandIn, Level, Submission
from grader.notebook.source import read_cells, with_solution
from grader.pipeline import Run, grade_one
from grader.processes.launch import Processes
from grader.settings import load_course
from tests.attacks import naive
from tests.attacks.attack import CANARY, FULL, WON, Attack
from tests.attacks.world import COURSE, World

HERE = Path(__file__).parent
MACHINERY = {
    "__init__",
    "attack",
    "world",
    "naive",
    "naive_wire",
    "arena",
    "outer",
    "packing",
    "taking",
    "naive_intake",
    "naive_page",
}
# The walls of each setting, and the Landlock it is made to believe in.
SETTINGS: dict[str, tuple[Level, int | None]] = {
    "bare": (Level.limits, None),
    "full": (Level.full, None),
    "restricted": (Level.restricted, None),
    "old": (Level.restricted, 4),
}
Outcome = tuple[dict[str, float], str, list[str], str]


def attacks(kind: type[Any]) -> dict[str, Any]:
    """Return every attack of a kind, by the name of its file."""
    found = {}
    for file in sorted(HERE.glob("*.py")):
        if file.stem not in MACHINERY and not file.stem.startswith("test_"):
            attack = importlib.import_module(f"tests.attacks.{file.stem}").ATTACK
            if isinstance(attack, kind):
                found[file.stem] = attack
    return found


def cells_of(attack: Attack, world: World) -> list[str]:
    """Return the code of the attacking notebook."""

    def fill(source: str) -> str:
        return string.Template(source).safe_substitute(world.names)

    cells = [fill(source) for source in attack.first]
    for cell in read_cells(COURSE / "solutions/01_mini/solution.py"):
        if cell.kind == "code":
            exercise = str(cell.metadata.get("exercise", ""))
            cells.append(fill(attack.wrote.get(exercise, with_solution(cell.source))))
    return [*cells, *(fill(source) for source in attack.then)]


@contextmanager
def setting(name: str, world: World) -> Iterator[Callable[[list[str]], Outcome]]:
    """Yield what grades the cells of a notebook in a setting."""
    if name == "naive":
        yield lambda cells: (*naive.grade(cells, world.base / "naive"), [], "naive")
        return
    level, abi = SETTINGS[name]
    course = load_course(world.base / "course")
    os.environ["GRADER_SECRET"] = f"{CANARY}-environment"
    hidden = [course.root, world.base / "hand-ins", world.base / "graded"]
    with Processes(hidden, level, abi) as processes:
        assert processes.isolation.level is level, processes.isolation
        mini = next(a for a in course.assignments if a.name == "01_mini")
        run = Run(course, processes, f"{CANARY}-environment", mini)

        def take(cells: list[str]) -> Outcome:
            book = nbformat.v4.new_notebook()
            book.cells = [nbformat.v4.new_code_cell(source) for source in cells]
            hand_in = HandIn(nbformat.writes(book).encode())
            grade = grade_one(run, Submission("attacker", "", lambda: hand_in)).grade
            points = {e.name: float(e.points) for e in grade.exercises}
            return points, shown(grade), said(grade), grade.isolation

        yield take


def shown(grade: Grade) -> str:
    """Return everything that came out of the student's process."""
    outputs = [str(run.outputs) for run in grade.cells]
    return "\n".join([*outputs, *said(grade)])


def said(grade: Grade) -> list[str]:
    """Return what the TA is told: incidents, and why checks failed."""
    told = [f"{incident.where}: {incident.text}" for incident in grade.incidents]
    checks = [check for exercise in grade.exercises for check in exercise.checks]
    told += [
        f"{c.exercise}/{c.name}: {c.outcome} {c.message} {c.detail}" for c in checks if c.message
    ]
    return [*told, grade.refused]


def successes(attack: Attack, outcome: Outcome, damage: list[str]) -> list[str]:
    """Return in how many ways an attack has succeeded."""
    points, text, _, _ = outcome
    found = list(damage)
    for name in FULL:
        got, fair = points.get(name, 0.0), attack.deserved(name)
        if got > fair:
            found.append(f"{name} got {got} points instead of {fair}")
        elif got < fair:
            found.append(f"{name} lost {fair - got} points")
    if CANARY in text:
        found.append(f"a secret came out: {text[max(0, text.index(CANARY) - 60) :][:160]!r}")
    if WON in text:
        found.append(f"the attack says {text[text.index(WON) :][:80]!r}")
    return found


def main(name: str, chosen: list[str]) -> None:
    """Run the attacks that matter in a setting, one after another."""
    with World() as world, setting(name, world) as grade:
        for title, attack in attacks(Attack).items():
            unprotected = name in {"naive", "bare"}
            if (chosen and title not in chosen) or (unprotected and attack.beats != name):
                continue
            start = time.monotonic()
            outcome = grade(cells_of(attack, world))
            damage = [*world.strays(), *world.damage()]
            report = {
                "name": title,
                "successes": successes(attack, outcome, damage),
                "told": outcome[2],
                "isolation": outcome[3],
                "seconds": round(time.monotonic() - start, 2),
            }
            print(json.dumps(report), flush=True)
            if world.victim.poll() is not None:
                sys.exit(f"{title} killed the victim")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
