"""A gradebook of a large made-up class: abilities, exercises of all kinds, mistakes, incidents."""

import random
from fractions import Fraction
from pathlib import Path

from grader.model import (
    CellRun,
    CheckResult,
    ExerciseGrade,
    Grade,
    Incident,
    NotebookRun,
    Origin,
    Outcome,
    Person,
)
from grader.store.gradebook import Gradebook

# Name, points, how hard (0 easy, 1 hard), and how much ability decides.
EXERCISES = (
    ("cdf_x", 1, 0.1, 2.0), ("cdf_y", 1, 0.15, 2.0), ("inv_cdf_y", 2, 0.35, 3.0),
    ("x_to_y", 2, 0.4, 4.0), ("box_muller", 3, 0.5, 4.0), ("rosenblatt", 2, 0.6, 4.0),
    ("invert_cdf_numeric", 3, 0.7, 3.0), ("Affine", 1, 0.3, 0.0), ("Compose", 1, 0.9, 1.0),
)  # fmt: skip
MISTAKES = {"x_to_y": "mirrored map", "box_muller": "degrees for radians", "Compose": "wrong order"}
OUTPUT = {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo" + "A" * 40_000}}


def write_crowd(file: Path, size: int, seed: int = 0) -> None:
    """Write the grades of so many hand-ins of 05_flow, with what their cells showed."""
    rng = random.Random(seed)
    with Gradebook(file) as book:
        for number in range(size):
            grade = _grade(number, rng)
            with book.transaction():
                book.record(grade)
                if not grade.refused:
                    owner = (grade.assignment, grade.submission, "content")
                    book.kept.keep_run(owner, grade.run, _run(rng))


def _grade(number: int, rng: random.Random) -> Grade:
    name = f"student{number:03d}"
    origin = Origin("moodle", (Person(f"Given{number} Family{number}", str(number)),))
    if rng.random() < 0.02:
        return Grade(name, "05_flow", refused="The file is empty.", origin=origin)
    ability = rng.gauss(0, 1)
    exercises = tuple(_exercise(*exercise, ability, rng) for exercise in EXERCISES)
    odd = rng.random() < 0.05
    incidents = (Incident("cell 3", "The cell killed its process."),) if odd else ()
    return Grade(
        name, "05_flow", exercises=exercises, incidents=incidents, origin=origin, run="run"
    )


def _exercise(
    name: str, points: int, hard: float, decides: float, ability: float, rng: random.Random
) -> ExerciseGrade:
    checks = []
    for at in range(6):
        is_right = rng.gauss(0, 1) + decides * ability / 2 > 3 * (hard - 0.5) + at / 6 - 0.5
        checks.append(_check(name, at, is_right, rng))
    passed = sum(check.outcome is Outcome.passed for check in checks)
    earned = Fraction(points) * passed / 6
    return ExerciseGrade(name, name.title(), earned, Fraction(points), tuple(checks))


def _check(exercise: str, at: int, is_right: bool, rng: random.Random) -> CheckResult:
    outcome = Outcome.passed if is_right else Outcome.failed
    if not is_right and rng.random() < 0.1:
        outcome = rng.choice([Outcome.crashed, Outcome.timed_out, Outcome.not_run])
    mistake = MISTAKES.get(exercise, "") if outcome is Outcome.failed and at < 2 else ""
    return CheckResult(
        f"{exercise}_{at}", exercise, at == 0, at < 2, outcome, f"Property {at} holds.",
        seconds=rng.lognormvariate(-3, 1), message="x" * 200, mistake=mistake,
    )  # fmt: skip


def _run(rng: random.Random) -> NotebookRun:
    cells = (
        CellRun(at, True, rng.lognormvariate(-2, 1.2), (OUTPUT,) if at % 3 == 0 else ())
        for at in range(30)
    )
    return NotebookRun(tuple(cells))
