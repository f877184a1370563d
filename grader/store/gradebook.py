"""Every question we ask the gradebook."""

import json
from collections.abc import Iterable
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Self, TypeVar

from grader.marking.given import with_marks
from grader.marking.ledger import Ledger
from grader.model import (
    CheckResult,
    ExerciseGrade,
    Grade,
    Incident,
    Outcome,
    QuestionAnswer,
)
from grader.store import origins
from grader.store.database import Database
from grader.store.kept import Kept
from grader.store.marks import Marks
from grader.store.regrades import Regrades
from grader.store.roster import Roster

Row = TypeVar("Row", ExerciseGrade, CheckResult, QuestionAnswer, Incident)

TABLES: dict[type[Any], str] = {
    ExerciseGrade: "exercises",
    CheckResult: "checks",
    QuestionAnswer: "questions",
    Incident: "incidents",
}
# What of a grade stands in its own row.
COLUMNS = (
    "assignment", "submission", "members", "device", "isolation", "refused", "seconds", "digest",
    "remarks", "basis", "run",
)  # fmt: skip
OF = "assignment = ? AND submission = ?"


class Gradebook:
    """The grades, what they were found from (`kept`), regrades, marks by hand, and the roster.

    Each grade is written in one transaction; threads of one run may ask at the same time.
    """

    def __init__(self, path: Path) -> None:
        self._db = Database(path)
        self.transaction = self._db.transaction
        self.kept = Kept(self._db)
        self.regrades = Regrades(self._db)
        self.marks = Marks(self._db)
        self._ledger, self._events = Ledger(), 0
        self.roster = Roster(self._db)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def record(self, grade: Grade, *, questions: bool = True) -> None:
        """Write a grade in the place of an earlier one of the same submission.

        What people have added stays: the row of the grade is changed, not replaced, and so is a
        question whose answer is another one now. Without `questions` none of them is looked at.
        """
        key = (grade.assignment, grade.submission)
        with self.transaction():
            self._write_grade(key, grade)
            for table in ("exercises", "checks", "incidents"):
                self._db.do(f"DELETE FROM {table} WHERE {OF}", key)
            self._write(key, grade.exercises)
            self._write(key, [check for e in grade.exercises for check in e.checks])
            self._write(key, grade.incidents)
            origins.write(self._db, key, grade.origin)
            if questions:
                self._write_questions(key, grade.questions)
            if grade.assignment:
                # It may have been recorded before anybody could tell which assignment it is.
                self._db.do(f"DELETE FROM grades WHERE {OF}", ("", grade.submission))

    def note_origin(self, grade: Grade) -> None:
        """Write what a course site says of a grade that is in the book already."""
        with self.transaction():
            origins.write(self._db, (grade.assignment, grade.submission), grade.origin)

    def grades(self, assignment: str | None = None) -> list[Grade]:
        """Return the grades of an assignment, or all, by name; without cells and marks by hand."""
        where = "? IS NULL OR assignment = ?"
        return [self._grade(row) for row in self._rows(where, (assignment, assignment))]

    def marked(self, grades: Iterable[Grade]) -> list[Grade]:
        """Return grades with what people have given by hand."""
        ledger = self.ledger()
        return [with_marks(grade, ledger) for grade in grades]

    def ledger(self) -> Ledger:
        """Return what markers have done up to now, in this process or another; one for all."""
        self._events, new = self.marks.events(self._events)
        for event in new:
            self._ledger.add(event)
        return self._ledger

    def grade(self, assignment: str, submission: str) -> Grade | None:
        """Return the grade of one submission, if there is one."""
        rows = self._rows(OF, (assignment, submission))
        return self._grade(rows[0]) if rows else None

    def keys(self) -> list[tuple[str, str]]:
        """Return the assignment and submission of every grade, to read them one at a time."""
        query = "SELECT assignment, submission FROM grades ORDER BY assignment, submission"
        return [(assignment, submission) for assignment, submission in self._db.ask(query)]

    def _rows(self, where: str, values: tuple[str | None, ...]) -> list[dict[str, Any]]:
        names = ", ".join(COLUMNS)
        query = f"SELECT {names} FROM grades WHERE {where} ORDER BY assignment, submission"
        return self._db.table(query, values)

    def _grade(self, row: dict[str, Any]) -> Grade:
        key = (row["assignment"], row["submission"])
        checks = self._read(key, CheckResult)
        exercises = self._read(key, ExerciseGrade)
        lists = {name: tuple(json.loads(row[name])) for name in ("members", "remarks")}
        return Grade(
            **(row | lists),
            origin=origins.read(self._db, key),
            exercises=tuple(_with_checks(exercise, checks) for exercise in exercises),
            questions=tuple(self._read(key, QuestionAnswer)),
            incidents=tuple(self._read(key, Incident)),
        )

    def _write_grade(self, key: tuple[str, str], grade: Grade) -> None:
        lists = {
            name: json.dumps(getattr(grade, name), ensure_ascii=False)
            for name in ("members", "remarks")
        }
        row = {name: getattr(grade, name) for name in COLUMNS} | lists
        changes = ", ".join(f"{name} = ?" for name in row)
        self._db.do("INSERT OR IGNORE INTO grades (assignment, submission, members, device,"
            " isolation, refused, seconds) VALUES (?, ?, '', '', '', '', 0)", key)  # fmt: skip
        self._db.do(
            f"UPDATE grades SET {changes}, graded_at = CURRENT_TIMESTAMP WHERE {OF}",
            (*row.values(), *key),
        )

    def _write_questions(self, key: tuple[str, str], questions: Iterable[QuestionAnswer]) -> None:
        known = {question.name: question for question in self._read(key, QuestionAnswer)}
        of = f"{OF} AND name = ?"
        for position, question in enumerate(questions):
            old = known.pop(question.name, None)
            if old is not None and replace(old, status=question.status) == question:
                # The same text: its row may hold a mark by now.
                move = f"UPDATE questions SET position = ? WHERE {of}"
                self._db.do(move, (position, *key, question.name))
                continue
            self._db.do(f"DELETE FROM questions WHERE {of}", (*key, question.name))
            self._write(key, [question], position)
        for name in known:
            self._db.do(f"DELETE FROM questions WHERE {of}", (*key, name))

    def _write(self, key: tuple[str, str], parts: Iterable[Any], first: int = 0) -> None:
        for position, part in enumerate(parts, first):
            values = {name: _to_column(getattr(part, name)) for name in columns(type(part))}
            place = {"assignment": key[0], "submission": key[1], "position": position}
            self._db.insert(TABLES[type(part)], values | place)

    def _read(self, key: tuple[str, str], kind: type[Row]) -> list[Row]:
        quoted = ", ".join(f'"{name}"' for name in columns(kind))
        query = f"SELECT {quoted} FROM {TABLES[kind]} WHERE {OF} ORDER BY position"
        return [_from_columns(kind, row) for row in self._db.table(query, key)]


def columns(kind: type[Any]) -> list[str]:
    """Return the fields of a noun that are columns of its table."""
    return [field.name for field in fields(kind) if field.name not in {"checks", "mark"}]


def _with_checks(exercise: ExerciseGrade, checks: list[CheckResult]) -> ExerciseGrade:
    own = tuple(check for check in checks if check.exercise == exercise.name)
    values = {name: getattr(exercise, name) for name in columns(ExerciseGrade)}
    return ExerciseGrade(**values, checks=own)


def _to_column(value: Any) -> Any:
    return str(value) if isinstance(value, Fraction) else value


def _from_columns(kind: type[Row], values: dict[str, Any]) -> Row:
    for name in ("points", "max_points", "weight"):
        if values.get(name) is not None:
            values[name] = Fraction(values[name])
    for name in ("public", "core", "pending", "bonus"):
        if name in values:
            values[name] = bool(values[name])
    if "outcome" in values:
        values["outcome"] = Outcome(values["outcome"])
    if kind is ExerciseGrade:
        values["checks"] = ()
    return kind(**values)
