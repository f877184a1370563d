"""The known mistakes of an assignment: what each is called, and what it computes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from grader.errors import CourseError


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer to one exercise, and the namespace in which it can be tried."""

    id: str
    exercise: str
    title: str
    hint: str
    caught_by: tuple[str, ...]
    loses: Fraction | None = None
    namespace: Mapping[str, Any] = field(default_factory=dict, repr=False)


def mistake_from(where: object, header: Mapping[str, Any], namespace: Mapping[str, Any]) -> Mistake:
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
        namespace=namespace,
    )
