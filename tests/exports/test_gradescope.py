"""Gradescope's results.json, against what its documentation allows."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.exports.gradescope import to_gradescope
from grader.model import Grade, Outcome
from tests.exports.class_of import FAILED, graded

GOLDEN = Path(__file__).parent / "golden"
VISIBLE = {"hidden", "after_due_date", "after_published", "visible"}
TOP = {
    "score": (int, float), "execution_time": int, "output": str, "output_format": str,
    "test_output_format": str, "test_name_format": str, "visibility": str,
    "stdout_visibility": str, "tests": list, "leaderboard": list, "extra_data": dict,
}  # fmt: skip
TEST = {
    "score": (int, float), "max_score": (int, float), "status": str, "name": str,
    "name_format": str, "number": str, "output": str, "output_format": str, "tags": list,
    "visibility": str, "extra_data": dict,
}  # fmt: skip


def accepted(text: str) -> dict[str, Any]:
    """Return the document, if Gradescope would accept it."""
    document: dict[str, Any] = json.loads(text)
    for entry, allowed in [(document, TOP), *((test, TEST) for test in document["tests"])]:
        for key, value in entry.items():
            assert isinstance(value, allowed[key]), key  # type: ignore[arg-type]
        assert entry.get("visibility", "visible") in VISIBLE
        assert entry.get("status", "passed") in {"passed", "failed"}
    return document


ADA = replace(graded("ada", 8), seconds=1.5, digest="abc", remarks=("There is no PDF.",))


def test_golden() -> None:
    text = to_gradescope(ADA)
    accepted(text)
    assert text == (GOLDEN / "gradescope.json").read_text(encoding="utf-8")


def test_hidden_checks_are_held_back_and_so_is_what_was_printed() -> None:
    document = accepted(to_gradescope(ADA))
    assert [test["visibility"] for test in document["tests"]] == ["visible", "after_published"]
    assert document["stdout_visibility"] == "hidden"
    never = accepted(to_gradescope(ADA, hidden="hidden"))
    assert [test["visibility"] for test in never["tests"]] == ["visible", "hidden"]
    # What students read at once says nothing of a hidden check.
    assert "Zero" not in document["output"]


def test_never_lower() -> None:
    better = accepted(to_gradescope(ADA, best=Fraction(25, 2)))
    assert better["score"] == 12.5
    kept = better["tests"][-1]
    assert "earned 12.5 points, more than this one; they are kept." in kept["output"]
    # That this one earned less tells something of hidden checks: not before they are shown.
    assert kept["visibility"] == "after_published"
    assert "earlier" not in better["output"]
    assert better["extra_data"]["points"] == "8"
    worse = accepted(to_gradescope(ADA, best=Fraction(3)))
    assert worse["score"] == 8
    assert len(worse["tests"]) == 2


def test_what_could_not_be_graded_and_what_was_not_reached() -> None:
    refused = accepted(to_gradescope(Grade("x", "", refused="It is empty.")))
    assert (refused["score"], refused["tests"]) == (0, [])
    assert "could not be graded. It is empty." in refused["output"]
    blank = replace(FAILED, outcome=Outcome.not_run, message="")
    cut = replace(ADA, exercises=(replace(ADA.exercises[0], checks=(blank,)),))
    [test] = accepted(to_gradescope(cut, note="It ended."))["tests"]
    assert test["output"] == "Not checked: the run ended before."
