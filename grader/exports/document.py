"""Grades as one JSON document; its fields are a contract, new ones may be added."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from grader.model import CheckResult, ExerciseGrade, Grade, Mark, QuestionAnswer
from grader.scoring import decimal


def to_json(grades: Iterable[Grade]) -> str:
    """Return the document, indented, with one entry per submission in order of name."""
    ordered = sorted(grades, key=lambda grade: (grade.assignment, grade.submission))
    document = {"version": 1, "submissions": [grade_entry(grade) for grade in ordered]}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def grade_entry(grade: Grade) -> dict[str, Any]:
    """Return the entry of one submission; `refused` is empty unless it could not be graded."""
    return {
        "submission": grade.submission,
        "assignment": grade.assignment,
        "members": list(grade.members),
        "points": decimal(grade.points),
        "max_points": decimal(grade.max_points),
        "device": grade.device,
        "isolation": grade.isolation,
        "refused": grade.refused,
        "mark": _mark(grade.mark),
        "seconds": round(grade.seconds, 3),
        "remarks": list(grade.remarks),
        "handed_in_at": grade.origin.handed_in_at,
        "late": grade.origin.late,
        "people": [asdict(person) for person in grade.origin.people],
        "incidents": [{"where": i.where, "text": i.text} for i in grade.incidents],
        "exercises": [_exercise(exercise) for exercise in grade.exercises],
        "questions": [_question(question) for question in grade.questions],
    }


def _exercise(exercise: ExerciseGrade) -> dict[str, Any]:
    return {
        "name": exercise.name,
        "points": decimal(exercise.points),
        "max_points": decimal(exercise.max_points),
        "bonus": exercise.bonus,
        "pending": exercise.pending,
        "mark": _mark(exercise.mark),
        "note": exercise.note,
        "checks": [_check(check) for check in exercise.checks],
    }


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "name": check.name,
        "public": check.public,
        "core": check.core,
        "outcome": check.outcome.value,
        "points": decimal(check.points),
        "max_points": decimal(check.max_points),
        "seconds": round(check.seconds, 4),
        "statement": check.statement,
        "message": check.message,
        "hint": check.hint,
        "mistake": check.mistake,
        "example": check.example,
    }


def _question(question: QuestionAnswer) -> dict[str, Any]:
    return {
        "name": question.name,
        "max_points": decimal(question.max_points),
        "bonus": question.bonus,
        "text": question.text,
        "status": question.status,
        "mark": _mark(question.mark),
    }


def _mark(mark: Mark | None) -> dict[str, Any] | None:
    """Return what a person gave; None where nobody has, points None where something is open."""
    if mark is None:
        return None
    items = [{"text": item.text, "points": decimal(item.points)} for item in mark.items]
    return {
        "points": None if mark.waits else decimal(mark.points),
        "items": items,
        "adjustment": decimal(mark.adjustment),
        "comment": mark.comment,
        "waits": mark.waits,
    }
