"""A class leaderboard as CSV: who got by with the least, by a number that a check has measured."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from grader.exports.table import harmless
from grader.model import Grade, Outcome

HEAD = ("rank", "submission", "number", "measured")


def to_board(grades: Sequence[Grade], assignment: str, check: str) -> str:
    """Return one line per entry, the smallest number first; equal numbers share a rank.

    The number is the first whole number in the note that the check left when it passed. Only what
    the grader has measured is in there: a hand-in has no way to write it.
    """
    entries = sorted(_entries(grades, assignment, check))
    numbers = [number for number, *_ in entries]
    whole = io.StringIO()
    writer = csv.writer(whole, lineterminator="\n")
    writer.writerow(HEAD)
    for number, name, note in entries:
        writer.writerow([numbers.index(number) + 1, harmless(name), number, harmless(note)])
    return whole.getvalue()


def _entries(
    grades: Sequence[Grade], assignment: str, check: str
) -> Iterator[tuple[int, str, str]]:
    for grade in grades:
        if grade.assignment != assignment:
            continue
        for result in (c for exercise in grade.exercises for c in exercise.checks):
            number = re.search(r"\d+", result.message)
            if result.name == check and result.outcome is Outcome.passed and number:
                yield int(number[0]), grade.submission, result.message
