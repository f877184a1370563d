"""Policies out of `course.toml` and `extensions.toml`; every problem names the file and field."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import tzinfo
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from grader.errors import CourseError
from grader.model import Assignment, Course
from grader.policy.tables import (
    AssignmentTerms,
    ExtensionTable,
    ExtensionTables,
    FeedbackTable,
    LateTable,
    PartTable,
    PenaltyTable,
    PolicyTables,
)
from grader.policy.terms import (
    Extension,
    Lateness,
    Opening,
    Part,
    Penalty,
    Policy,
    Terms,
)
from grader.policy.words import aware, read_span
from grader.settings import COURSE_FILE, read_table

EXTENSIONS_FILE = "extensions.toml"
SEMESTER = 366
Value = TypeVar("Value")


def load_policy(course: Course) -> Policy:
    """Return the policy of a course; raises `CourseError` naming the file and the field.

    Extensions stand in a file of their own: the course file is copied into students' repositories.
    """
    file = course.root / COURSE_FILE
    policy = read_policy(file, course.policies, course.assignments)
    return replace(policy, extensions=read_extensions(course.root / EXTENSIONS_FILE, policy))


def read_policy(
    file: Path, tables: Mapping[str, Any], assignments: tuple[Assignment, ...]
) -> Policy:
    """Return the policy that tables of a course file amount to."""
    found = _converted(file, tables, PolicyTables)
    names = [assignment.name for assignment in assignments]
    for name in found.assignments:
        _known(file, f"assignments.{name}", name, names)
    zone = _tried(file, "marks.zone", lambda: ZoneInfo(found.marks.zone))
    terms = {assignment.name: _terms(file, assignment, found, zone) for assignment in assignments}
    return Policy(
        terms=terms,
        parts=_parts(file, found.parts, names),
        zone=zone,
        bank=_count(file, "late.bank", (found.late.bank if found.late else None) or 0),
        out_of=_above_zero(file, "marks.out_of", found.marks.out_of),
        bonus_cap=_cap(file, "marks.bonus_cap", found.marks.bonus_cap),
        never_lower=found.marks.never_lower,
        feedback=_opening(found.feedback, zone),
    )


def read_extensions(file: Path, policy: Policy) -> tuple[Extension, ...]:
    """Return the extensions in a file; none where there is no file."""
    if not file.exists():
        return ()
    table = read_table(file, ExtensionTables)
    return tuple(
        _extension(file, f"extensions[{at}]", entry, policy)
        for at, entry in enumerate(table.extensions)
    )


def _extension(file: Path, field: str, entry: ExtensionTable, policy: Policy) -> Extension:
    for name in entry.assignments:
        _known(file, f"{field}.assignments", name, list(policy.terms))
    if (entry.until is None) == (not entry.days):
        raise CourseError(file, f"{field} needs either until or days")
    if not entry.who or not entry.reason.strip():
        raise CourseError(file, f"{field} needs who it is for, and a reason")
    return Extension(
        frozenset(entry.who),
        entry.reason,
        frozenset(entry.assignments),
        aware(entry.until, policy.zone) if entry.until is not None else None,
        _count(file, f"{field}.days", entry.days),
    )


def _terms(file: Path, assignment: Assignment, found: PolicyTables, zone: tzinfo) -> Terms:
    field = f"assignments.{assignment.name}"
    own = found.assignments.get(assignment.name, AssignmentTerms())
    weight = assignment.max_points
    if own.weight is not None:
        weight = _not_negative(file, f"{field}.weight", own.weight)
    if own.late is not None and own.late.bank is not None:
        raise CourseError(file, f"{field}.late.bank: there is one bank, in [late]")
    return Terms(
        assignment.name,
        assignment.max_points,
        weight,
        aware(own.due, zone) if own.due is not None else None,
        _lateness(file, found.late, own.late, field),
        _cap(file, f"{field}.bonus_cap", own.bonus_cap),
    )


def _lateness(
    file: Path, course: LateTable | None, own: LateTable | None, field: str
) -> Lateness | None:
    """Return what holds for one assignment: the course's word, where it has none of its own."""
    tables = [(table, at) for table, at in ((own, f"{field}.late"), (course, "late")) if table]
    if not tables:
        return None

    def first(name: str, read: Callable[[str, Any], Value], default: Value) -> Value:
        for table, at in tables:
            if (value := getattr(table, name)) is not None:
                return read(f"{at}.{name}", value)
        return default

    def span_at(at: str, text: str) -> Any:
        return _tried(file, at, lambda: read_span(text))

    return Lateness(
        grace=first("grace", span_at, Lateness().grace),
        closes=first("closes", span_at, None),
        days=first("days", lambda at, days: _count(file, at, days), None),
        penalty=first("penalty", lambda at, table: _penalty(file, at, table), None),
    )


def _penalty(file: Path, field: str, table: PenaltyTable) -> Penalty:
    share, cap = _share(file, f"{field}.take", table.take), _share(file, f"{field}.cap", table.cap)
    return Penalty(share, read_span(f"1 {table.per}"), table.of, cap)


def _parts(file: Path, tables: list[PartTable], names: list[str]) -> tuple[Part, ...]:
    if not tables:
        return (Part("assignments", tuple(names)),)
    parts = tuple(_part(file, f"parts[{at}]", table, names) for at, table in enumerate(tables))
    taken: list[str] = []
    for part in parts:
        for name in part.assignments:
            if name in taken:
                raise CourseError(file, f"parts: {name} stands in two parts, or twice in one")
            taken.append(name)
    return parts


def _part(file: Path, field: str, table: PartTable, names: list[str]) -> Part:
    listed = names if table.assignments is None else table.assignments
    for name in listed:
        _known(file, f"{field}.assignments", name, names)
    if table.drop_lowest and table.best_of is not None:
        raise CourseError(file, f"{field} has drop_lowest and best_of; one of them says it all")
    if table.best_of is not None and table.best_of < 1:
        raise CourseError(file, f"{field}.best_of is a number of results, at least 1")
    return Part(
        table.name,
        tuple(listed),
        _above_zero(file, f"{field}.weight", table.weight),
        _count(file, f"{field}.drop_lowest", table.drop_lowest),
        table.best_of,
        _cap(file, f"{field}.bonus_cap", table.bonus_cap),
    )


def _opening(table: FeedbackTable, zone: tzinfo) -> Opening:
    at = aware(table.opens, zone) if table.opens is not None else None
    return Opening(table.now, table.later, at, table.marks)


def _converted(file: Path, tables: Mapping[str, Any], kind: type[Value]) -> Value:
    try:
        return msgspec.convert(tables, kind)
    except msgspec.ValidationError as error:
        raise CourseError(file, str(error)) from error


def _tried(file: Path, field: str, make: Callable[[], Value]) -> Value:
    try:
        return make()
    except (ValueError, OSError, KeyError) as error:
        # KeyError is what ZoneInfo raises for a zone that does not exist.
        raise CourseError(file, f"{field}: {str(error).strip(chr(39))}") from error


def _known(file: Path, field: str, name: str, names: list[str]) -> None:
    if name not in names:
        raise CourseError(file, f"{field}: the course has no assignment {name}")


def _count(file: Path, field: str, value: int) -> int:
    if not 0 <= value <= SEMESTER:
        raise CourseError(file, f"{field} = {value} is not a number from 0 to {SEMESTER}")
    return value


def _cap(file: Path, field: str, value: float | None) -> Fraction | None:
    return None if value is None else _not_negative(file, field, value)


def _share(file: Path, field: str, value: float) -> Fraction:
    if not 0 <= value <= 1:
        raise CourseError(file, f"{field} = {value} is a share, from 0 to 1")
    return Fraction(str(value))


def _not_negative(file: Path, field: str, value: float) -> Fraction:
    if not 0 <= value < 1e9:
        raise CourseError(file, f"{field} = {value} must not be negative, nor beyond all measure")
    return Fraction(str(value))


def _above_zero(file: Path, field: str, value: float) -> Fraction:
    if value <= 0:
        raise CourseError(file, f"{field} = {value} must be more than 0")
    return _not_negative(file, field, value)
