"""A museum of hand-ins: each folder holds one, and the verdict it must get."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from grader.model import Course, HandIn, Submission
from grader.pipeline import Run, grade_one
from grader.processes.launch import Processes

MUSEUM = Path(__file__).parent / "museum"
EXHIBITS = sorted(path.parent for path in MUSEUM.glob("*/verdict.toml"))


@pytest.fixture(scope="module")
def patient(course: Course) -> Course:
    """The course of the tests with an ordinary limit for a cell: pip alone may take seconds."""
    usual = [replace(a, limits=replace(a.limits, cell_seconds=60)) for a in course.assignments]
    return replace(course, assignments=tuple(usual))


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda path: path.name)
def test_exhibit(exhibit: Path, patient: Course, processes: Processes) -> None:
    verdict = tomllib.loads((exhibit / "verdict.toml").read_text(encoding="utf-8"))
    hand_in = HandIn((exhibit / "hand-in.ipynb").read_bytes())
    run = Run(patient, processes, "a secret of the tests")
    found = grade_one(run, Submission("someone", "someone", lambda: hand_in)).grade
    assert found.assignment == verdict["assignment"]
    assert {e.name: float(e.points) for e in found.exercises} == verdict.get("points", {})
    assert list(found.members) == verdict.get("members", [])
    assert [incident.where for incident in found.incidents] == verdict.get("incidents", [])
    if "refused" in verdict:
        assert verdict["refused"] in found.refused
    else:
        assert not found.refused
