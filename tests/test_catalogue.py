"""Every right variant earns everything; every known mistake loses its points, by the right check.

Run in this process, through the same messages as over the wire. A new assignment is found by
itself: its variants and mistakes lie in its folder.
"""

import contextlib
import functools
import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader.checks.reference import as_object, load_namespace
from grader.checks.session import Suite, with_suite
from grader.local import local_submission
from grader.model import CheckResult, Exercise, Outcome
from grader.notebook.authoring import read_draft
from grader.notebook.source import Cell, read_cells, with_solution
from grader.scoring import grade_exercise

ROOT = Path(__file__).parents[1]
SOLUTIONS = sorted(path.parent for path in ROOT.glob("solutions/*/solution.py"))

Results = dict[str, CheckResult]
Entry = tuple[Path, Cell]


def entries(kind: str) -> list[Entry]:
    """Return the cells of all variants or mistakes, each with its assignment."""
    return [
        (solution, cell)
        for solution in SOLUTIONS
        for file in sorted(solution.glob(f"{kind}s/*.py"))
        for cell in read_cells(file)
        if cell.kind == "code"
    ]


def name(entry: Entry) -> str:
    solution, cell = entry
    return f"{solution.name}-{cell.metadata.get('variant') or cell.metadata['mistake']}"


VARIANTS, MISTAKES = entries("variant"), entries("mistake")


@functools.cache
def verdicts(solution: Path) -> dict[str, Results]:
    """Return the results of everything in an assignment's catalogue, and of the reference."""
    cells = read_cells(solution / "solution.py")
    sources = [with_solution(cell.source) for cell in cells if cell.is_reference]
    found: dict[str, Results] = {}
    with contextlib.chdir(ROOT / "assignments" / solution.name):
        reference = load_namespace("reference", sources)
        suite = Suite("a secret", solution.name, solution / "public_checks.py")
        suite.reference = as_object(reference)

        def results(namespace: dict[str, Any], exercise: str) -> Results:
            return {
                check.blank.name: suite.run(check, local_submission(namespace))
                for check in suite.checks
                if check.exercise == exercise
            }

        def use(_: Suite) -> None:
            for check in suite.checks:
                suite.prove(check, local_submission(reference))
            for entry in (*VARIANTS, *MISTAKES):
                if entry[0] == solution:
                    cell = entry[1]
                    namespace = load_namespace(name(entry), [cell.source], reference)
                    found[name(entry)] = results(namespace, cell.metadata["exercise"])
            for cell in cells:
                if "exercise" in cell.metadata:
                    exercise = cell.metadata["exercise"]
                    found[exercise] = results(reference, exercise)

        # Some variants print; that is theirs to do.
        with contextlib.redirect_stdout(io.StringIO()):
            with_suite(suite, [solution / "public_checks.py", solution / "checks.py"], use)
    return found


def exercise_of(entry: Entry) -> Exercise:
    name = entry[1].metadata["exercise"]
    [found] = [exercise for exercise in exercises(entry[0]) if exercise.name == name]
    return found


@functools.cache
def exercises(solution: Path) -> tuple[Exercise, ...]:
    return read_draft(solution, ROOT / "assignments" / solution.name).assignment.exercises


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda solution: solution.name)
def test_the_reference_passes(solution: Path) -> None:
    for exercise in exercises(solution):
        results = verdicts(solution)[exercise.name]
        bad = {n: r.detail for n, r in results.items() if r.outcome is not Outcome.passed}
        assert not bad, (exercise.name, bad)
        assert grade_exercise(exercise, list(results.values())).points == exercise.points


@pytest.mark.parametrize("entry", VARIANTS, ids=name)
def test_a_right_variant_earns_everything(entry: Entry) -> None:
    results = verdicts(entry[0])[name(entry)]
    assert {n: r.detail for n, r in results.items() if r.outcome is not Outcome.passed} == {}


@pytest.mark.parametrize("entry", MISTAKES, ids=name)
def test_a_known_mistake_loses_its_points(entry: Entry) -> None:
    header = entry[1].metadata
    results = verdicts(entry[0])[name(entry)]
    failed = {n for n, r in results.items() if r.outcome is Outcome.failed}
    assert set(header["caught_by"]) <= failed
    assert all(r.outcome in {Outcome.passed, Outcome.failed} for r in results.values())
    exercise = exercise_of(entry)
    points = grade_exercise(exercise, list(results.values())).points
    kept = exercise.points - Fraction(str(header["loses"])) if "loses" in header else 0
    assert points == kept


def test_no_name_stands_twice() -> None:
    names = [name(entry) for entry in (*VARIANTS, *MISTAKES)]
    assert len(set(names)) == len(names)
