"""Gradescope's `results.json`: points, and one test for each check, hidden ones held back."""

import json
from fractions import Fraction
from typing import Any

from grader.exports.filled import waits_for_mark
from grader.model import CheckResult, Grade, Outcome
from grader.scoring import decimal

# Shown when the assignment is published. While one test is held back, students see no total
# either, from which its result could be read.
HELD_BACK = "after_published"
NOT_YET = "Not checked: the run ended before."
WORDS = {
    Outcome.timed_out: "It ran out of time.",
    Outcome.crashed: "It ended the process it ran in.",
    Outcome.grader_fault: "A fault of the grader: it costs nothing, and a person will look.",
}


def to_gradescope(
    grade: Grade,
    *,
    best: Fraction = Fraction(0),
    hidden: str = HELD_BACK,
    note: str = "",
) -> str:
    """Return the document for one hand-in; never fewer points than the `best` before it."""
    points = max(grade.points, best)
    document: dict[str, Any] = {
        "score": decimal(points),
        "execution_time": int(grade.seconds),
        "output": "\n".join(_said(grade, note)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "tests": [
            _test(check, f"{at}.{number}", hidden)
            for at, exercise in enumerate(grade.exercises, 1)
            for number, check in enumerate(exercise.checks, 1)
        ],
        "extra_data": {"digest": grade.digest, "points": str(grade.points)},
    }
    if best > grade.points:
        document["tests"].append(_kept(best, hidden))
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _said(grade: Grade, note: str) -> list[str]:
    """Return what students read at once; nothing in it depends on a hidden check."""
    lines = [note] if note else []
    if grade.refused:
        lines.append(f"This hand-in could not be graded. {grade.refused}")
    lines += grade.remarks
    waiting = [question.name for question in grade.questions if waits_for_mark(question)]
    if waiting:
        lines.append(f"Marked by a person: {', '.join(waiting)}.")
    return lines


def _kept(best: Fraction, hidden: str) -> dict[str, Any]:
    # Held back like a hidden check: whether a hand-in earned less says something of them.
    return {
        "name": "An earlier hand-in counts",
        "status": "passed",
        "output": f"It earned {decimal(best):g} points, more than this one; they are kept.",
        "visibility": hidden,
    }


def _test(check: CheckResult, number: str, hidden: str) -> dict[str, Any]:
    passed = check.outcome is Outcome.passed
    return {
        "name": f"{check.exercise}: {check.statement or check.name}",
        "number": number,
        # Thirds of a point are shown as such; the total above is what counts.
        "score": round(float(check.points), 4),
        "max_score": round(float(check.max_points), 4),
        "status": "passed" if passed else "failed",
        "output": _output(check),
        "visibility": "visible" if check.public else hidden,
        "tags": [check.exercise, "public" if check.public else "hidden"],
        "extra_data": {"outcome": check.outcome.value},
    }


def _output(check: CheckResult) -> str:
    if check.outcome is Outcome.not_run and not check.message:
        return NOT_YET
    hint = f"Hint: {check.hint}" if check.hint else ""
    example = f"For example: {check.example}" if check.example else ""
    told = (WORDS.get(check.outcome, ""), check.message, hint, example)
    return "\n".join(filter(None, told))
