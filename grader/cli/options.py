"""Options that several commands share."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from grader.errors import UsageError
from grader.model import Assignment, Course, Level

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
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True
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


def existing_assignment(course: Course, name: str | None) -> Assignment | None:
    """Return the assignment of this name, or None if none is named."""
    if name is None:
        return None
    for assignment in course.assignments:
        if assignment.name == name:
            return assignment
    known = ", ".join(assignment.name for assignment in course.assignments) or "none yet"
    raise UsageError(f"The course has no assignment {name}; it has: {known}.")


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
