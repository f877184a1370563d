"""What a pipeline shows beside the lines of a hand-in: a note on each exercise that fell short."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.exports.filled import by_exercise
from grader.model import CheckResult, ExerciseGrade, Grade, Outcome
from grader.scoring import decimal

# GitHub cuts messages at 64 KB and shows ten notes of a kind.
MAX_MESSAGE = 8000


@dataclass(frozen=True)
class Finding:
    """A note on a line of a file; `is_fault` is the grader's own, not the student's."""

    path: str
    line: int
    title: str
    message: str
    is_fault: bool = False


def findings(grade: Grade, path: str, lines: Mapping[str, int]) -> list[Finding]:
    """Return a note for whatever is not right; `lines` says where names are defined."""
    if grade.refused:
        return [Finding(path, 1, "Not graded", grade.refused)]
    found = []
    for exercise in grade.exercises:
        failed = [check for check in exercise.checks if check.outcome is not Outcome.passed]
        if failed:
            passed = len(exercise.checks) - len(failed)
            title = f"{exercise.name}: {passed} of {len(exercise.checks)} checks pass"
            message = "\n\n".join(map(_told, failed))[:MAX_MESSAGE]
            line = lines.get(exercise.name, 1)
            found.append(Finding(path, line, title, message, exercise.pending))
    return found


def _told(check: CheckResult) -> str:
    hint = f"Hint: {check.hint}" if check.hint else ""
    told = "" if check.message == check.statement else check.message
    example = f"For example: {check.example}" if check.example else ""
    return "\n".join(filter(None, (check.statement or check.name, told, hint, example)))


def to_github(found: Sequence[Finding]) -> str:
    """Return workflow commands that annotate lines; no text can end one or begin another."""
    return "".join(
        f"::{'warning' if f.is_fault else 'error'} file={_property(f.path)},line={f.line},"
        f"title={_property(f.title)}::{_data(f.message)}\n"
        for f in found
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def to_code_quality(found: Sequence[Finding]) -> str:
    """Return GitLab's code quality report."""
    return json.dumps(
        [
            {
                "description": f"{f.title}. {f.message}",
                "check_name": f.title.partition(":")[0],
                "fingerprint": hashlib.sha256(f"{f.path} {f.title}".encode()).hexdigest(),
                "severity": "info" if f.is_fault else "major",
                "location": {"path": f.path, "lines": {"begin": f.line}},
            }
            for f in found
        ],
        indent=1,
    )


def to_classroom(grade: Grade, lines: Mapping[str, int]) -> str:
    """Return the result that GitHub Classroom's reporter reads: JSON in base 64."""
    tests = [_test(exercise, lines.get(exercise.name, 1)) for exercise in grade.exercises]
    if grade.refused:
        tests = [{"name": "hand-in", "status": "error", "score": 0, "message": grade.refused}]
    statuses = {test["status"] for test in tests}
    status = next((status for status in ("error", "fail") if status in statuses), "pass")
    maximum = decimal(grade.max_points)
    document = {"version": 1, "status": status, "max_score": maximum, "tests": tests}
    return base64.b64encode(json.dumps(document).encode()).decode()


def _test(exercise: ExerciseGrade, line: int) -> dict[str, object]:
    failed = [check for check in exercise.checks if check.outcome is not Outcome.passed]
    status = "error" if exercise.pending else "fail" if failed else "pass"
    return {
        "name": exercise.name,
        "status": status,
        "score": decimal(exercise.points),
        "message": "\n\n".join(map(_told, failed))[:MAX_MESSAGE],
        "test_code": "",
        "filename": "",
        "line_no": line,
        "execution_time": round(sum(check.seconds for check in exercise.checks), 3),
    }


def to_summary(grades: Sequence[Grade], *, has_hidden: bool) -> str:
    """Return a few lines of markdown; nothing in them is a student's own words."""
    lines = []
    for grade in grades:
        if grade.refused:
            lines.append("The hand-in could not be graded; the feedback page says why.")
        else:
            points, most = decimal(grade.points), decimal(grade.max_points)
            lines.append(f"**{points:g} of {most:g} points**: {by_exercise(grade)}.")
    if not has_hidden:
        lines.append("Public checks only: the grade counts hidden ones, too.")
    return "\n\n".join(lines) + "\n"
