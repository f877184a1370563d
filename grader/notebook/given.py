"""What students were given: the notebook as it was released, and which assignment a file is of."""

import json
from dataclasses import dataclass
from typing import Any

from grader.model import Assignment
from grader.notebook.read import Notebook, decoded, read_notebook
from grader.settings import GIVEN_FILE


@dataclass(frozen=True)
class Label:
    """What a notebook says it is: the name of its assignment and the version; empty where not."""

    assignment: str = ""
    version: int | None = None


def as_given(assignment: Assignment) -> Notebook:
    """Return the notebook of an assignment as students got it; an empty one where it is not kept.

    In a folder of the course both files are the same; in a student's, the notebook has changed.
    """
    for name in (GIVEN_FILE, f"{assignment.name}.ipynb"):
        file = assignment.folder / name
        if file.is_file():
            return read_notebook(file.read_bytes())
    return Notebook(())


def misplaced(assignment: Assignment, data: bytes) -> str:
    """Return what to say of a notebook that says it is of another assignment; otherwise empty."""
    name = label(data).assignment
    if name in {"", assignment.name}:
        return ""
    return (
        f"The notebook says that it is {name[:80]}, but it lies in the folder of "
        f"{assignment.name}. Move it into its own folder, beside its assignment.toml."
    )


def kept(assignment: Assignment) -> Notebook:
    """Return the notebook as given where it is kept apart, as beside a student's; else empty."""
    is_kept = (assignment.folder / GIVEN_FILE).is_file()
    return as_given(assignment) if is_kept else Notebook(())


def label(data: bytes) -> Label:
    """Return what a notebook says it is; editors may have dropped that, and students changed it."""
    try:
        document: Any = json.loads(decoded(data), strict=False)
        course = document["metadata"]["course"]
        name, version = course.get("assignment"), course.get("version")
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return Label()
    is_number = isinstance(version, int) and not isinstance(version, bool)
    return Label(name if isinstance(name, str) else "", version if is_number else None)
