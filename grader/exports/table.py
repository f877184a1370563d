"""Grades as a CSV table for spreadsheets, in which no student's text becomes a formula."""

import csv
import io
import re
from collections.abc import Sequence

from grader.model import Grade
from grader.scoring import decimal

BEFORE = ("submission", "assignment", "members")
AFTER = ("points", "max_points", "status", "incidents", "handed_in_at", "late")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Where a spreadsheet may see a formula begin: at the start of a cell, also after blanks, and
# behind whatever it may take for the end of the cell before; in narrow and in wide letters.
FORMULA = re.compile(r'(^|[;,|])(?=[\s"\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20])')


def to_csv(grades: Sequence[Grade]) -> str:
    """Return one line per submission in order of name, with the points of each exercise."""
    exercises = list(dict.fromkeys(e.name for grade in grades for e in grade.exercises))
    # Only once there are marks: before, a column for each question would be empty.
    marked = list(dict.fromkeys(q.name for grade in grades for q in grade.questions if q.mark))
    whole = io.StringIO()
    writer = csv.writer(whole, lineterminator="\n")
    writer.writerow(map(harmless, [*BEFORE, *exercises, *map(titled, marked), *AFTER]))
    for grade in sorted(grades, key=lambda grade: (grade.assignment, grade.submission)):
        writer.writerow(_row(grade, exercises, marked))
    return whole.getvalue()


def _row(grade: Grade, exercises: list[str], marked: list[str]) -> list[str | float]:
    members = ", ".join(grade.members)
    points = {exercise.name: decimal(exercise.points) for exercise in grade.exercises}
    given = {q.name: decimal(q.mark.points) for q in grade.questions if q.mark and q.is_marked}
    decided = (decimal(grade.points), decimal(grade.max_points))
    return [
        *map(harmless, (grade.submission, grade.assignment, members)),
        *(points.get(name, "") for name in exercises),
        *(given.get(name, "") for name in marked),
        *(decided if grade.is_decided else ("", "")),
        harmless(status(grade)),
        len(grade.incidents),
        harmless(grade.origin.handed_in_at),
        {True: "late", False: "in time", None: ""}[grade.origin.late],
    ]


def titled(question: str) -> str:
    """Return the title of a column for the marks of a question."""
    return f"question {question}"


def status(grade: Grade) -> str:
    """Return what became of a submission."""
    if grade.refused:
        return f"{'decided by hand' if grade.is_decided else 'refused'}: {grade.refused}"
    waits = any(exercise.pending for exercise in grade.exercises)
    return "waiting for a person" if waits else "graded"


def harmless(text: str) -> str:
    """Return text on one line, with an apostrophe where a spreadsheet would see a formula begin."""
    return FORMULA.sub(r"\1'", CONTROL.sub(" ", text))
