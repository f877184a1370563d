"""A class whose names are hard on CSV files, and the grades it got."""

from dataclasses import replace
from fractions import Fraction

from grader.model import (
    CheckResult,
    ExerciseGrade,
    Grade,
    Origin,
    Outcome,
    Person,
    QuestionAnswer,
)

PASSED = CheckResult(
    "values", "f", True, True, Outcome.passed, "The values are right.", points=Fraction(8),
    max_points=Fraction(8), seconds=0.25,
)  # fmt: skip
FAILED = replace(
    PASSED, name="zero", public=False, outcome=Outcome.failed, statement="Zero stays zero.",
    message="f(0) is not 0.\nwith: x = 0\ngot: =1+1", hint="Look at the sign.",
    example="f(0) = 0", points=Fraction(0),
)  # fmt: skip
ESSAY = QuestionAnswer("why", "Why", Fraction(4), "Because", "answered")


def graded(name: str, points: int, *people: Person, site: str = "moodle", **more: object) -> Grade:
    """Return a grade out of 16 points, and 4 more by hand."""
    exercise = ExerciseGrade("f", "F", Fraction(points), Fraction(16), (PASSED, FAILED))
    grade = Grade(
        name, "05_flow", exercises=(exercise,), questions=(ESSAY,), origin=Origin(site, people)
    )
    return replace(grade, **more)  # type: ignore[arg-type]


def person(number: int, site: str = "moodle") -> Person:
    return Person(NAMES[number], str(number))


NAMES = {
    101: "Ada Lovelace",
    102: 'O\'Neil, Zoë "Zed"',
    103: "=cmd|'/c calc'!A1",
    104: "Müller-Lüdenscheidt; Karl",
    105: "Nobody Handed In",
    106: "Refused Rita",
}
REFUSED = graded("Refused Rita_106", 0, person(106), exercises=(), refused="The file is empty.")


def the_class(site: str = "moodle") -> list[Grade]:
    """Five hand-ins of six people; one of them cannot be graded."""
    grades = [graded(f"{NAMES[n]}_{n}", p, person(n)) for n, p in POINTS.items()]
    return [replace(g, origin=replace(g.origin, site=site)) for g in (*grades, REFUSED)]


POINTS = {101: 16, 102: 8, 103: 0, 104: 12}
