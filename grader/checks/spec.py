"""A check is a sentence about an exercise and an attempt to break it."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

Function = TypeVar("Function", bound=Callable[..., Any])

MARK = "check"


def check(
    exercise: str, *, points: float | None = None, hint: str = "", chances: int = 0
) -> Callable[[Function], Function]:
    """Mark a function `check_…` as a check of `exercise`; its docstring is what students read.

    Without `points` the check is *core*: the exercise's points need all its core checks. With
    `points` it carries that part of the exercise's points by itself, once the core holds.
    `chances` is how many statistical comparisons it makes (fixture `chance`).
    """
    mark = getattr(pytest.mark, MARK)
    return mark(exercise=exercise, points=points, hint=hint, chances=chances)  # type: ignore[no-any-return]
