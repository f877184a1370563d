"""nbgrader's `grades.csv`, with the quoting it leaves out, and no 0 for what is not there."""

import csv
import io
from collections.abc import Sequence

from grader.exports.filled import whole
from grader.exports.people import unfinished
from grader.exports.table import harmless
from grader.model import Grade, Person
from grader.scoring import decimal

HEAD = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
)  # fmt: skip


def to_nbgrader(grades: Sequence[Grade]) -> str:
    """Return one line for each person; score is empty where there is no grade."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for grade in sorted(grades, key=lambda grade: (grade.assignment, grade.submission)):
        for person in grade.origin.people or _named(grade):
            writer.writerow(_line(grade, person))
    return text.getvalue()


def _named(grade: Grade) -> tuple[Person, ...]:
    """Return who the notebook says it is from, under the name of the hand-in."""
    names = grade.members or ("",)
    return tuple(Person(name, id=grade.submission) for name in names)


def _line(grade: Grade, person: Person) -> list[str | float]:
    last, comma, first = person.name.partition(",")
    score: str | float = "" if unfinished(grade) else decimal(grade.points)
    texts = (
        grade.assignment, "", grade.origin.handed_in_at, person.account or person.id or
        grade.submission, last.strip(), first.strip() if comma else "", person.email,
    )  # fmt: skip
    return [*map(harmless, texts), score, "", score, decimal(whole(grade))]
