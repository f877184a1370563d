"""What the tables of all course sites have in common: points, maxima, and what is left out."""

import re
from dataclasses import dataclass
from fractions import Fraction

from grader.errors import UsageError
from grader.model import Grade, QuestionAnswer
from grader.scoring import decimal

NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Filled:
    """A file for a course site, and a sentence for everything that could not be matched."""

    data: bytes
    problems: tuple[str, ...] = ()


def whole(grade: Grade) -> Fraction:
    """Return the maximum of a grade, with the questions that a person marks."""
    questions = (q.max_points for q in grade.questions if not q.bonus and not q.is_marked)
    return grade.max_points + sum(questions, Fraction(0))


def points_on_scale(grade: Grade, maximum: str, *, scale: bool, where: str) -> str:
    """Return the points as the site is to get them, on its own maximum.

    Raises `UsageError` when that is another one and `scale` does not allow to convert.
    """
    most = to_number(maximum)
    if most is None or most in {grade.max_points, whole(grade)}:
        return f"{decimal(grade.points):g}"
    if not scale:
        raise UsageError(
            f"{where} counts out of {maximum.strip()}, the grader out of {decimal(whole(grade)):g} "
            f"({decimal(grade.max_points):g} of them without a person). Set that maximum at the "
            "site, or convert with --scale."
        )
    return f"{decimal(grade.points * most / whole(grade)):g}"


def to_number(text: str) -> Fraction | None:
    """Return the number in a cell, with a point or a comma; None if it is not one."""
    text = text.strip()
    return Fraction(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


def by_exercise(grade: Grade) -> str:
    """Return one line with the points of each exercise, all of it the grader's own words."""
    parts = [
        f"{e.name} {decimal(e.points):g} of {decimal(e.max_points):g}" for e in grade.exercises
    ]
    parts += [
        f"question {q.name} {decimal(q.mark.points):g} of {decimal(q.max_points):g}"
        for q in grade.questions
        if q.mark is not None and q.is_marked
    ]
    waiting = sum(waits_for_mark(question) for question in grade.questions)
    answers = f"; {waiting} {'answer' if waiting == 1 else 'answers'} to be marked by hand"
    return ", ".join(parts) + (answers if waiting else "")


def waits_for_mark(question: QuestionAnswer) -> bool:
    """Tell whether there is an answer that a person has yet to mark."""
    return question.status == "answered" and not question.is_marked


def told(names: list[str]) -> str:
    """Return the titles of a table for a sentence."""
    return ", ".join(f"“{name}”" for name in names if name.strip())
