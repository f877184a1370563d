"""The known mistakes of an assignment: what each is called, and what it computes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from grader.errors import CourseError

# Returns the names of a program that has just been run.
Load = Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer to one exercise; `load` gives it anew, with nothing remembered."""

    id: str
    exercise: str
    title: str
    hint: str
    caught_by: tuple[str, ...]
    loses: Fraction | None = None
    load: Load = field(default=dict, repr=False)


def mistake_from(where: object, header: Mapping[str, Any], load: Load) -> Mistake:
    """Return the mistake that a cell's header describes; raises `CourseError` for a bad header."""
    missing = {"mistake", "exercise", "title", "caught_by"} - header.keys()
    if missing:
        raise CourseError(where, f"a mistake's header needs {', '.join(sorted(missing))}")
    loses = header.get("loses")
    return Mistake(
        id=header["mistake"],
        exercise=header["exercise"],
        title=header["title"],
        hint=header.get("hint", ""),
        caught_by=tuple(header["caught_by"]),
        loses=None if loses is None else Fraction(str(loses)),
        load=load,
    )
