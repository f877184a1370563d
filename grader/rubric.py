"""A rubric: what earns the points of a question."""

import re
from dataclasses import dataclass
from fractions import Fraction

from grader.errors import CourseError

LINE = re.compile(r"^\s*[-*]\s*(?P<points>\d+(?:\.\d+)?)\s*:\s*(?P<text>.+?)\s*$")


@dataclass(frozen=True)
class RubricItem:
    """One line of a rubric."""

    points: Fraction
    text: str


def parse_rubric(where: object, text: str, points: Fraction) -> tuple[RubricItem, ...]:
    """Return the items of a rubric written as `- 0.5: what earns it`.

    A line that does not start an item continues the one before. Raises `CourseError` unless the
    items add up to the question's points.
    """
    items: list[RubricItem] = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            items.append(RubricItem(Fraction(match["points"]), match["text"]))
        elif items and line.strip():
            items[-1] = RubricItem(items[-1].points, f"{items[-1].text} {line.strip()}")
    total = sum((item.points for item in items), Fraction(0))
    if total != points:
        raise CourseError(where, f"the rubric gives {total} points, the question {points}")
    return tuple(items)
