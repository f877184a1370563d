"""The final marks of a class as a table for spreadsheets, as JSON, and as grades for exports."""

import csv
import io
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from grader.classmarks import ClassMarks
from grader.exports.table import harmless
from grader.model import ExerciseGrade, Grade, Origin
from grader.policy.explain import to_document
from grader.policy.terms import AssignmentMark, FinalMark
from grader.policy.words import number
from grader.roster import Student

WHO = ("name", "account", "email", "team")
END = ("late_days", "waiting", "mark", "out_of")


def marks_csv(found: ClassMarks) -> str:
    """Return one line per student by name: points of each assignment, parts in percent, the mark.

    What does not count yet is empty, and so is the mark while nothing counts.
    """
    parts = [part.name for part in found.policy.parts if part.assignments]
    titles = [*WHO, *found.policy.terms, *(f"{part} %" for part in parts), *END]
    whole = io.StringIO()
    writer = csv.writer(whole, lineterminator="\n")
    writer.writerow(map(harmless, titles))
    for student in found.students():
        writer.writerow(_row(student, found.marks[student.key], parts))
    return whole.getvalue()


def marks_json(found: ClassMarks) -> str:
    """Return the marks of the class with their derivations, and what could not be settled."""
    entries = [
        {"account": s.person.account, "email": s.person.email, **to_document(found.marks[s.key])}
        for s in found.students()
    ]
    document = {"version": 1, "marks": entries, "problems": list(found.problems)}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def final_grades(found: ClassMarks, grades: Sequence[Grade]) -> list[Grade]:
    """Return a grade for each student and assignment that counts, worth what the policy leaves.

    Exports place them like any others; their only exercise is the final mark. A hand-in that waits
    for a person, in whole or in part, stays as it is.
    """
    by_name = {(grade.assignment, grade.submission): grade for grade in grades}
    return [
        _final(student, mark, by_name.get((mark.assignment, mark.submission)))
        for student in found.students()
        for mark in found.marks[student.key].assignments
        if mark.counted
    ]


def _final(student: Student, mark: AssignmentMark, grade: Grade | None) -> Grade:
    origin = Origin(student.site, (student.person,))
    if grade is None:
        grade = Grade(student.name, mark.assignment)
    else:
        origin = replace(
            grade.origin, site=student.site or grade.origin.site, people=(student.person,)
        )
    worth = ExerciseGrade("final mark", "", mark.points, mark.maximum, (), bool(mark.waiting))
    parts = {"exercises": (worth,), "questions": (), "members": (), "origin": origin}
    return replace(grade, **parts)  # type: ignore[arg-type]


def _row(student: Student, mark: FinalMark, parts: Sequence[str]) -> list[str | int]:
    person = student.person
    points = [number(found.points) if found.counted else "" for found in mark.assignments]
    shares = {found.part: number(found.share * 100) for found in mark.parts}
    who = (student.name, person.account, person.email, student.team_at(None))
    return [
        *map(harmless, who),
        *points,
        *(shares.get(part, "") for part in parts),
        mark.days,
        number(mark.waiting),
        "" if mark.mark is None else number(mark.mark),
        number(Fraction(mark.out_of)),
    ]


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, such as a table of names and marks."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(text.encode())
