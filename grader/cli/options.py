"""Options that several commands share."""

import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from grader.errors import UsageError
from grader.model import Assignment, Course, Level

# What may stand in a workflow between quotation marks.
PLAIN = re.compile(r"[^\"'`$\\\r\n]+")

course_option: Callable[[Any], Any] = click.option(
    "--course",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder of the course; otherwise the one the command is run in.",
)


out_option: Callable[[Any], Any] = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("graded"),
    show_default=True,
    help="Where the gradebook and the pages go.",
)
jobs_option: Callable[[Any], Any] = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="cores",
    help="How many submissions at a time.",
)
device_option: Callable[[Any], Any] = click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="Where checks run; auto is the CPU.",
)
executor_option: Callable[[Any], Any] = click.option(
    "--executor",
    default="local",
    show_default=True,
    metavar="NAME",
    help="Where: local, dask://local, dask://HOST:PORT, or slurm[:OPTION=VALUE,...].",
)
isolation_option: Callable[[Any], Any] = click.option(
    "--require-isolation",
    "required",
    type=click.Choice([level.value for level in Level]),
    default=Level.restricted.value,
    show_default=True,
    help="Refuse to grade behind weaker walls than these.",
)


def output_file(ctx: click.Context, option: click.Parameter, value: Any) -> Any:
    """Return the file to write to, or refuse before the work instead of after it."""
    target = Path(value or "-")
    if str(target) == "-":
        return value
    is_new = not target.exists()
    try:
        target.open("ab").close()
    except OSError as error:
        raise UsageError(
            f"{target} cannot be written to ({error.strerror}). Name another file with "
            f"{option.opts[0]}."
        ) from error
    if is_new:
        target.unlink()
    return value


json_option: Callable[[Any], Any] = click.option(
    "--json", "json_file", metavar="FILE|-", callback=output_file, help="Write all results as JSON."
)
junit_option: Callable[[Any], Any] = click.option(
    "--junit",
    "junit_file",
    metavar="FILE",
    callback=output_file,
    help="Write all results as JUnit XML.",
)


def existing_assignment(course: Course, name: str | None) -> Assignment | None:
    """Return the assignment of this name, or None if none is named.

    Raises `UsageError` when it is not there, or when nothing has been released at all.
    """
    if name is None and course.assignments:
        return None
    for assignment in course.assignments:
        if assignment.name == name:
            return assignment
    if not course.assignments or (course.root / "solutions" / str(name)).is_dir():
        what = name or "An assignment"
        raise UsageError(
            f"{what} is not in {course.root / 'assignments'} yet: run `grader release` first."
        )
    known = ", ".join(assignment.name for assignment in course.assignments)
    raise UsageError(f"The course has no assignment {name}; it has: {known}.")


def plain(text: str) -> str:
    """Return a text that may stand in a workflow; raises `UsageError` otherwise."""
    if not PLAIN.fullmatch(text):
        raise UsageError(f"{text!r} cannot stand in a workflow: leave quotation marks out.")
    return text


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write files below a folder; return their names. Raises `UsageError` where one cannot be."""
    for name, data in files.items():
        target = folder / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        except OSError as error:
            raise UsageError(f"{target} cannot be written to ({error.strerror}).") from error
    return sorted(files)


books_argument: Callable[[Any], Any] = click.argument(
    "graded",
    nargs=-1,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="[GRADED]...",
    callback=lambda ctx, parameter, folders: folders or (Path("graded"),),
)
as_of_option: Callable[[Any], Any] = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]),
    help="As it was or will be at this time, by the course's clocks; now otherwise.",
)


def moment_of(course: Course, as_of: datetime | None) -> datetime:
    """Return the time a command is asked for, in UTC; a time without a zone is the course's."""
    from grader.policy.load import load_policy
    from grader.policy.words import aware

    return datetime.now(UTC) if as_of is None else aware(as_of, load_policy(course).zone)
