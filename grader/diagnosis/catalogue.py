"""The known mistakes of an assignment: what each is called, and what it computes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import msgspec

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


class Header(msgspec.Struct, frozen=True):
    """The header of a mistake's cell."""

    mistake: str
    exercise: str
    title: str
    caught_by: list[str]
    hint: str = ""
    loses: float | None = None


def mistake_from(where: object, header: Mapping[str, Any], load: Load) -> Mistake:
    """Return the mistake that a cell's header describes; raises `CourseError` for a bad header."""
    try:
        read = msgspec.convert(dict(header), Header)
    except msgspec.ValidationError as error:
        name = header.get("mistake", "a mistake without a name")
        raise CourseError(where, f"the header of {name}: {error}") from error
    return Mistake(
        id=read.mistake,
        exercise=read.exercise,
        title=read.title,
        hint=read.hint,
        caught_by=tuple(read.caught_by),
        loses=None if read.loses is None else Fraction(str(read.loses)),
        load=load,
    )
