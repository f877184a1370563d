"""Course and assignment files in, checked nouns out; every problem names the file and the field."""

import keyword
import os
import secrets
from dataclasses import fields
from fractions import Fraction
from pathlib import Path, PurePath
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from grader.errors import CourseError, UsageError
from grader.model import (
    Action,
    Assignment,
    Course,
    Exercise,
    HandInRules,
    Limits,
    Question,
    Reveal,
)

ASSIGNMENT_FILE = "assignment.toml"
COURSE_FILE = "course.toml"
# The notebook as it was released, beside the one that a student works in.
GIVEN_FILE = "given.json"
Table = TypeVar("Table", bound=Struct)
SECRET_VARIABLE = "GRADER_SECRET"  # noqa: S105 - the name of a variable


class ExerciseTable(Struct, forbid_unknown_fields=True):
    """`[[exercises]]` of an assignment file."""

    name: str
    points: float
    title: str = ""
    depends: list[str] = []
    bonus: bool = False


class QuestionTable(Struct, forbid_unknown_fields=True):
    """`[[questions]]` of an assignment file."""

    name: str
    points: float
    title: str = ""
    bonus: bool = False


class HandInTable(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`[hand_in]` of an assignment file: the rules of form."""

    group_size: int = 0
    names: Action = Action.off
    pdf: Action = Action.off
    executed: Action = Action.off
    interpreted: Action = Action.off


class AssignmentTable(Struct, forbid_unknown_fields=True):
    """An assignment file, as `grader release` writes it."""

    title: str
    version: int = 1
    data: list[str] = []
    reveal: Reveal = Reveal.witness
    limits: dict[str, float] = {}
    hand_in: HandInTable = HandInTable()
    leaderboard: str = ""
    exercises: list[ExerciseTable] = []
    questions: list[QuestionTable] = []


class MarkingTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`[marking]` of a course file."""

    blind: bool = True


# What of a course file final marks are made by.
POLICIES = ("marks", "parts", "late", "assignments", "feedback")


class CourseTable(Struct, forbid_unknown_fields=True):
    """A course file. All but the title is what `grader.policy` makes final marks by."""

    title: str
    marking: MarkingTable = MarkingTable()
    marks: dict[str, Any] = {}
    parts: list[dict[str, Any]] = []
    late: dict[str, Any] = {}
    assignments: dict[str, dict[str, Any]] = {}
    feedback: dict[str, Any] = {}

    @property
    def policies(self) -> dict[str, Any]:
        """What stands there about marks."""
        tables = {name: getattr(self, name) for name in POLICIES}
        return {name: table for name, table in tables.items() if table}


def find_course(start: Path) -> Course:
    """Return the course that a folder lies in; raises `UsageError` when there is none."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / COURSE_FILE).is_file():
            return load_course(folder)
    raise UsageError(
        f"No course found: neither {start.resolve()} nor a folder above it has a {COURSE_FILE}. "
        "Run the command inside the course, or name it with --course DIR."
    )


def load_course(root: Path) -> Course:
    """Return the course at `root` with every assignment that has been released into it."""
    # Processes that load its checks stand in another folder.
    root = root.resolve()
    table = read_table(root / COURSE_FILE, CourseTable)
    files = sorted(root.glob(f"assignments/*/{ASSIGNMENT_FILE}"))
    for file in files:
        if not file.with_name("checks.py").is_file():
            raise CourseError(file.parent, "has no checks.py: run `grader release` again")
    assignments = tuple(load_assignment(file.parent, _hidden(root, file)) for file in files)
    return Course(root, table.title, assignments, table.marking.blind, table.policies)


def load_assignment(folder: Path, hidden: Path | None = None) -> Assignment:
    """Return the assignment in a folder of the student tree; `hidden` is its solution's folder."""
    file = folder / ASSIGNMENT_FILE
    return check_assignment(folder, hidden, read_table(file, AssignmentTable), file)


def check_assignment(
    folder: Path, hidden: Path | None, table: AssignmentTable, where: Path
) -> Assignment:
    """Return an assignment whose names, points and dependencies make sense.

    `where` is the file that people write them in.
    """
    if table.hand_in.group_size < 0:
        raise CourseError(where, "group_size is a number of people, or 0 for any")
    for name in table.data:
        if PurePath(name).name != name:
            raise CourseError(where, f"{name!r} in data is no name of a file in the folder data")
    seen: list[str] = []
    for exercise in table.exercises:
        _check_exercise(where, exercise, seen)
        seen.append(exercise.name)
    names = [question.name for question in table.questions]
    if len(set(names)) < len(names):
        raise CourseError(where, "two questions have the same name")
    return Assignment(
        name=folder.name,
        title=table.title,
        exercises=tuple(
            Exercise(e.name, _points(where, e), e.title, tuple(e.depends), e.bonus)
            for e in table.exercises
        ),
        questions=tuple(
            Question(q.name, _points(where, q), q.title, q.bonus) for q in table.questions
        ),
        folder=folder,
        hidden=hidden,
        data=tuple(folder / "data" / name for name in table.data),
        limits=_limits(where, table.limits),
        reveal=table.reveal,
        rules=HandInRules(**msgspec.structs.asdict(table.hand_in)),
        leaderboard=table.leaderboard,
        version=table.version,
    )


def course_secret(root: Path) -> str:
    """Return the secret that seeds are derived from; makes one, readable by its owner only."""
    given = os.environ.get(SECRET_VARIABLE)
    if given:
        return given
    file = root / ".grader" / "secret"
    if not file.exists():
        file.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_hex(32))
    return file.read_text().strip()


def _check_exercise(where: Path, exercise: ExerciseTable, earlier: list[str]) -> None:
    name = exercise.name
    if not name.isidentifier() or keyword.iskeyword(name):
        raise CourseError(where, f"{name!r} cannot be the name of a function")
    if name in earlier:
        raise CourseError(where, f"the exercise {name} stands there twice")
    for needed in exercise.depends:
        # A stand-in answers questions about `needed`; its own checks must be over by then.
        if needed not in earlier:
            raise CourseError(where, f"{name} depends on {needed}, which is not an earlier one")


def _limits(where: Path, given: dict[str, float]) -> Limits:
    known = {field.name for field in fields(Limits)}
    for name, value in given.items():
        if name not in known or value <= 0:
            raise CourseError(
                where,
                f"the limit {name} = {value} does not exist or is not one: a limit is a number "
                f"above 0 for {', '.join(sorted(known))}",
            )
    # Only seconds may be broken; bytes and counts are whole.
    whole = {n: v if n.endswith("seconds") else int(v) for n, v in given.items()}
    return Limits(**whole)  # type: ignore[arg-type]


def _points(where: Path, part: ExerciseTable | QuestionTable) -> Fraction:
    if part.points <= 0:
        raise CourseError(where, f"{part.name} needs a positive number of points")
    return Fraction(str(part.points))


def _hidden(root: Path, file: Path) -> Path | None:
    folder = root / "solutions" / file.parent.name
    return folder if folder.is_dir() else None


def read_table(file: Path, kind: type[Table]) -> Table:
    """Return what a TOML file holds; raises `CourseError` with the file, and the place in it."""
    try:
        return msgspec.toml.decode(file.read_bytes(), type=kind)
    except OSError as error:
        raise CourseError(file, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise CourseError(file, "is not UTF-8: save it as that, as plain text") from error
    except msgspec.MsgspecError as error:
        raise CourseError(file, str(error)) from error
