"""Every question we ask the gradebook."""

import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Any, Self, TypeVar

from grader.errors import UsageError
from grader.model import (
    CheckResult,
    ExerciseGrade,
    Grade,
    Incident,
    Outcome,
    QuestionAnswer,
)
from grader.store import origins
from grader.store.migrations import migrate

Row = TypeVar("Row", ExerciseGrade, CheckResult, QuestionAnswer, Incident)

TABLES: dict[type[Any], str] = {
    ExerciseGrade: "exercises",
    CheckResult: "checks",
    QuestionAnswer: "questions",
    Incident: "incidents",
}


class Gradebook:
    """An SQLite file, readable by its owner only; each grade is written in one transaction."""

    def __init__(self, path: Path) -> None:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA foreign_keys = ON")
            migrate(self._db)
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{path} is not a gradebook ({error}).") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def record(self, grade: Grade) -> None:
        """Write a grade in the place of an earlier one of the same submission."""
        key = (grade.assignment, grade.submission)
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM grades WHERE assignment = ? AND submission = ?", key)
            self._db.execute(
                "INSERT INTO grades (assignment, submission, members, device, isolation, refused,"
                " seconds, digest, remarks) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *key,
                    json.dumps(grade.members, ensure_ascii=False),
                    grade.device,
                    grade.isolation,
                    grade.refused,
                    grade.seconds,
                    grade.digest,
                    json.dumps(grade.remarks, ensure_ascii=False),
                ),
            )
            self._write(key, grade.exercises)
            self._write(key, [check for e in grade.exercises for check in e.checks])
            self._write(key, grade.questions)
            self._write(key, grade.incidents)
            origins.write(self._db, key, grade.origin)

    def grades(self, assignment: str | None = None) -> list[Grade]:
        """Return the grades of an assignment, or all, by name; without what the cells showed."""
        rows = self._db.execute(
            "SELECT assignment, submission, members, device, isolation, refused, seconds, digest,"
            " remarks FROM grades WHERE ? IS NULL OR assignment = ?"
            " ORDER BY assignment, submission",
            (assignment, assignment),
        ).fetchall()
        return [self._grade(*row) for row in rows]

    def _grade(self, assignment: str, submission: str, members: str, *rest: Any) -> Grade:
        device, isolation, refused, seconds, digest, remarks = rest
        key = (assignment, submission)
        checks = self._read(key, CheckResult)
        exercises = self._read(key, ExerciseGrade)
        return Grade(
            submission,
            assignment,
            tuple(json.loads(members)),
            device,
            isolation,
            refused,
            tuple(_with_checks(exercise, checks) for exercise in exercises),
            tuple(self._read(key, QuestionAnswer)),
            tuple(self._read(key, Incident)),
            (),
            seconds,
            digest,
            tuple(json.loads(remarks)),
            origins.read(self._db, key),
        )

    def _write(self, key: tuple[str, str], parts: Iterable[Any]) -> None:
        for position, part in enumerate(parts):
            names = columns(type(part))
            values = [_to_column(getattr(part, name)) for name in names]
            marks = ", ".join("?" * (len(names) + 3))
            quoted = ", ".join(f'"{name}"' for name in names)
            self._db.execute(
                f"INSERT INTO {TABLES[type(part)]} ({quoted}, assignment, submission, position)"  # noqa: S608 - our own names
                f" VALUES ({marks})",
                (*values, *key, position),
            )

    def _read(self, key: tuple[str, str], kind: type[Row]) -> list[Row]:
        names = columns(kind)
        quoted = ", ".join(f'"{name}"' for name in names)
        rows = self._db.execute(
            f"SELECT {quoted} FROM {TABLES[kind]}"  # noqa: S608 - our own names
            " WHERE assignment = ? AND submission = ? ORDER BY position",
            key,
        )
        return [_from_columns(kind, dict(zip(names, row, strict=True))) for row in rows]


def columns(kind: type[Any]) -> list[str]:
    """Return the fields of a noun that are columns of its table."""
    return [field.name for field in fields(kind) if field.name != "checks"]


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
