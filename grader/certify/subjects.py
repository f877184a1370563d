"""What the checks are tried on: the reference, right variants, known mistakes, mutants."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

import msgspec

from grader.certify.mutants import mutants
from grader.diagnosis.catalogue import mistake_from
from grader.errors import CourseError
from grader.notebook.source import Cell, read_cells, with_solution

SETTINGS = "certificate.toml"


class Kind(StrEnum):
    """Where a program comes from, and so what must become of it."""

    reference = "reference"
    variant = "variant"
    mistake = "mistake"
    mutant = "mutant"


@dataclass(frozen=True)
class Subject:
    """One program for one exercise.

    A mistake is caught by certain checks and may lose only a part; an equivalent mutant has the
    `reason` why it computes the same. A right program may run under a `condition`.
    """

    kind: Kind
    exercise: str
    name: str
    source: str
    title: str = ""
    caught_by: tuple[str, ...] = ()
    loses: Fraction | None = None
    reason: str = ""
    condition: str = ""


class EquivalentTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[equivalent]]`: a mutant that no check can tell from the reference, and why."""

    exercise: str
    mutant: str
    reason: str


class SettingsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`certificate.toml`: the mutation score that must be reached, and equivalent mutants."""

    floor: float = 0.9
    equivalent: list[EquivalentTable] = []


def subjects(folder: Path) -> list[Subject]:
    """Return everything that the checks of an assignment are tried on; `folder` is its solution.

    Raises `CourseError` for a file that cannot be read, or tells of a mutant that is none.
    """
    cells = [c for c in read_cells(folder / "solution.py") if "exercise" in c.metadata]
    found = [*right_programs(folder), *_catalogue(folder, Kind.mistake)]
    exercises = {str(cell.metadata["exercise"]) for cell in cells}
    for subject in found:
        if subject.exercise not in exercises:
            what = f"{subject.kind} {subject.name} is of {subject.exercise}, which is no exercise"
            raise CourseError(folder, what)
    rows = read_settings(folder).equivalent
    reasons = {(row.exercise, row.mutant): row.reason for row in rows}
    return found + _mutants(folder, cells, reasons)


def right_programs(folder: Path) -> list[Subject]:
    """Return the reference and the right variants for every exercise of an assignment."""
    cells = [c for c in read_cells(folder / "solution.py") if "exercise" in c.metadata]
    return [*map(_reference, cells), *_catalogue(folder, Kind.variant)]


def reference_cells(folder: Path) -> list[Cell]:
    """Return the cells that make up the reference solution, in order."""
    return [cell for cell in read_cells(folder / "solution.py") if cell.is_reference]


def read_settings(folder: Path) -> SettingsTable:
    """Return what `certificate.toml` says, or the defaults where there is none."""
    file = folder / SETTINGS
    if not file.exists():
        return SettingsTable()
    try:
        return msgspec.toml.decode(file.read_bytes(), type=SettingsTable)
    except msgspec.MsgspecError as error:
        raise CourseError(file, str(error)) from error


def _reference(cell: Cell) -> Subject:
    exercise = str(cell.metadata["exercise"])
    return Subject(Kind.reference, exercise, exercise, with_solution(cell.source))


def _catalogue(folder: Path, kind: Kind) -> list[Subject]:
    files = sorted((folder / f"{kind}s").glob("*.py"))
    return [_known(kind, file, c) for file in files for c in read_cells(file) if c.kind == "code"]


def _known(kind: Kind, file: Path, cell: Cell) -> Subject:
    head = cell.metadata
    if kind is Kind.mistake:
        known = mistake_from(file, head, dict)
        about = known.title, known.caught_by, known.loses
        return Subject(kind, known.exercise, known.id, cell.source, *about)
    missing = {kind.value, "exercise"} - head.keys()
    if missing:
        where = f"{file}, cell {cell.source[:40]!r}"
        raise CourseError(where, f"its header needs {', '.join(sorted(missing))}")
    name, exercise = str(head[kind.value]), str(head["exercise"])
    return Subject(kind, exercise, name, cell.source, head.get("title", ""))


def _mutants(
    folder: Path, cells: Sequence[Cell], reasons: dict[tuple[str, str], str]
) -> list[Subject]:
    """Return the mutants of every exercise; a reason without one raises `CourseError`."""
    found = []
    for cell in cells:
        exercise = str(cell.metadata["exercise"])
        for mutant in mutants(cell.source):
            reason = reasons.pop((exercise, mutant.name), "")
            name, source = mutant.name, mutant.source
            found.append(Subject(Kind.mutant, exercise, name, source, reason=reason))
    if reasons:
        exercise, name = next(iter(reasons))
        raise CourseError(folder / SETTINGS, f"{exercise} has no mutant {name!r} any more")
    return found
