"""JSON and JUnit: the fields of the contract, and XML that any parser reads."""

import json
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree as ET

from grader.exports.document import to_json
from grader.exports.junit import to_junit
from grader.model import CheckResult, ExerciseGrade, Grade, Incident, Outcome, QuestionAnswer


def check(name: str, outcome: Outcome) -> CheckResult:
    return CheckResult(name, "f", False, True, outcome, "It is so.", message="no \x00\x1b[31m <b>")


GRADE = Grade(
    submission="ada <&>",
    assignment="05_flow",
    members=("Ada",),
    isolation="full",
    exercises=(
        ExerciseGrade(
            "f", "", Fraction(1, 2), Fraction(1), tuple(check(o.value, o) for o in Outcome)
        ),
    ),
    questions=(QuestionAnswer("a", "", Fraction(2), "Because", "answered"),),
    incidents=(Incident("cell 1", "It hung."),),
)


def test_the_document_has_the_fields_of_the_contract() -> None:
    [entry] = json.loads(to_json([GRADE]))["submissions"]
    assert {
        "submission", "assignment", "members", "points", "max_points", "device", "isolation",
        "incidents", "exercises", "questions",
    } <= entry.keys()  # fmt: skip
    assert {"name", "points", "max_points", "checks"} <= entry["exercises"][0].keys()
    assert {
        "name", "public", "outcome", "points", "max_points", "seconds", "message", "hint",
        "mistake", "example",
    } <= entry["exercises"][0]["checks"][0].keys()  # fmt: skip
    assert {"name", "max_points", "text", "status"} <= entry["questions"][0].keys()
    assert entry["points"] == 0.5
    assert entry["exercises"][0]["bonus"] is entry["questions"][0]["bonus"] is False


def test_the_document_is_in_order_of_name() -> None:
    grades = [replace(GRADE, submission=name) for name in ("b", "c", "a")]
    entries = json.loads(to_json(grades))["submissions"]
    assert [entry["submission"] for entry in entries] == ["a", "b", "c"]


def test_junit_tells_failures_from_faults() -> None:
    suite = ET.fromstring(to_junit([GRADE]))[0]
    assert suite.get("name") == "ada <&>"
    assert (suite.get("tests"), suite.get("failures")) == ("6", "3")
    assert (suite.get("errors"), suite.get("skipped")) == ("1", "1")
    kinds = {case.get("name"): [child.tag for child in case] for case in suite}
    assert kinds == {
        "passed": [], "failed": ["failure"], "timed_out": ["failure"], "crashed": ["failure"],
        "not_run": ["skipped"], "grader_fault": ["error"],
    }  # fmt: skip
    assert "\x1b" not in to_junit([GRADE])


def test_a_refused_hand_in_is_an_error() -> None:
    refused = replace(GRADE, exercises=(), refused="The file is empty.")
    suite = ET.fromstring(to_junit([refused]))[0]
    assert suite.get("errors") == "1"
    assert suite[0][0].get("message") == "The file is empty."
