"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from grader.errors import UsageError
from grader.model import Assignment, Course

course_option: Callable[[Any], Any] = click.option(
    "--course",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder of the course; otherwise the one the command is run in.",
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
