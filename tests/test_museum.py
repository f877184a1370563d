"""A museum of hand-ins: each folder holds one, and the verdict it must get."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.pipeline import Graded

MUSEUM = Path(__file__).parent / "museum"
EXHIBITS = sorted(path.parent for path in MUSEUM.glob("*/verdict.toml"))


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda path: path.name)
def test_exhibit(exhibit: Path, grade_patiently: Callable[..., Graded]) -> None:
    verdict = tomllib.loads((exhibit / "verdict.toml").read_text(encoding="utf-8"))
    found = grade_patiently((exhibit / "hand-in.ipynb").read_bytes()).grade
    assert found.assignment == verdict["assignment"]
    assert {e.name: float(e.points) for e in found.exercises} == verdict.get("points", {})
    assert list(found.members) == verdict.get("members", [])
    assert [incident.where for incident in found.incidents] == verdict.get("incidents", [])
    assert list(found.remarks) == verdict.get("remarks", [])
    if "refused" in verdict:
        assert verdict["refused"] in found.refused
    else:
        assert not found.refused
