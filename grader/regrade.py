"""Regrading as a difference: who moves, by how much, through which check; applied, or undone."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from grader.errors import Refused, UsageError
from grader.model import CheckResult, ExerciseGrade, Grade, HandIn, Submission
from grader.processes.judgement import FAULT
from grader.reports.text import one_line
from grader.results import Results
from grader.scoring import decimal
from grader.store.gradebook import Gradebook
from grader.store.regrades import Entry, Key, Regraded, Regrades, Rows

NOTHING = Fraction(0)
LOG = "regrades.txt"
STANDS = "The earlier result stands."


@dataclass(frozen=True)
class Move:
    """One check that ends differently now, and what that did to the points of its exercise.

    The points stand with the first such check of an exercise, the others carry None.
    """

    exercise: str
    check: str
    before: str
    after: str
    points: Fraction | None


@dataclass(frozen=True)
class Change:
    """One submission whose grade would be another: as it is recorded, and as it is to be."""

    before: Grade
    after: Grade

    @property
    def points(self) -> Fraction:
        """Return by how much the points change."""
        return self.after.points - self.before.points

    def moves(self) -> Iterator[Move]:
        """Yield every check that ends differently, and every exercise with other points."""
        if self.before.refused != self.after.refused:
            words = (self.before.refused or "graded", self.after.refused or "graded")
            yield Move("", "", *words, self.points)
            return
        old = {exercise.name: exercise for exercise in self.before.exercises}
        new = {exercise.name: exercise for exercise in self.after.exercises}
        for name in dict.fromkeys([*new, *old]):
            yield from moves_of(name, old.get(name), new.get(name))


def moves_of(
    name: str, before: ExerciseGrade | None, after: ExerciseGrade | None
) -> Iterator[Move]:
    """Yield the moves of one exercise; None stands for one that was not asked for."""
    points = (after.points if after else NOTHING) - (before.points if before else NOTHING)
    old = {check.name: check for check in before.checks} if before else {}
    new = {check.name: check for check in after.checks} if after else {}
    found = [
        (check, outcome(old.get(check)), outcome(new.get(check)))
        for check in dict.fromkeys([*new, *old])
    ]
    moved = [move for move in found if move[1] != move[2]]
    for check, was, is_now in moved:
        yield Move(name, check, was, is_now, points if check == moved[0][0] else None)
    if points and not moved:
        yield Move(name, "", "", "other prices", points)


def outcome(check: CheckResult | None) -> str:
    """Return how a check ended, in a word."""
    return check.outcome.value if check is not None else "no such check"


def kept_submissions(book: Gradebook) -> tuple[dict[str, list[Submission]], list[str]]:
    """Return by assignment what can be graded again, and a sentence for each that cannot."""
    found: dict[str, list[Submission]] = {}
    problems = []
    for grade in book.grades():
        if grade.digest and book.kept.has_hand_in(grade.digest):
            load = partial(loaded, book, grade.digest)
            submission = Submission(grade.submission, "the gradebook", load)
            found.setdefault(grade.assignment, []).append(submission)
        elif grade.digest:
            problems.append(
                f"{grade.submission} keeps its grade: an older version graded it and did not keep "
                "the hand-in. Give it to `grader grade` once more."
            )
    return found, problems


def trouble(now: Grade) -> list[str]:
    """Return what the grader could not decide this time, as sentences."""
    if now.refused == FAULT:
        told = "; ".join(incident.text for incident in now.incidents)
        return [f"{now.submission} keeps its grade: the grader itself broke ({told})."]
    return [
        f"{now.submission} keeps the earlier result of {exercise.name}: this time the grader could "
        "not decide it."
        for exercise in now.exercises
        if exercise.pending
    ]


def loaded(book: Gradebook, digest: str) -> HandIn:
    """Return a hand-in out of the gradebook."""
    hand_in = book.kept.hand_in(digest)
    if hand_in is None:
        raise Refused("The hand-in is not in the gradebook any more.")
    return hand_in


def change_of(before: Grade, now: Grade, *, never_lower: bool) -> Change | None:
    """Return what grading again would change, or None if it would not.

    What the grader itself could not decide this time leaves the earlier result, and so does a
    result that would be lower, if that is the policy; the remarks say so then.
    """
    if now.refused == FAULT:
        return None
    if now.refused and not before.refused and never_lower:
        told = f"Graded again, this hand-in would be refused ({now.refused}). {STANDS}"
        after = replace(before, remarks=tuple(dict.fromkeys([*before.remarks, told])))
    else:
        after = merged(before, now, never_lower=never_lower)
    return None if settled(after) == settled(before) else Change(before, after)


def merged(before: Grade, now: Grade, *, never_lower: bool) -> Grade:
    """Return the new grade, with those exercises of the earlier one that are to stand.

    Whose it is and when it came stays: the course site said so, and the gradebook cannot say more.
    """
    old = {exercise.name: exercise for exercise in before.exercises}
    exercises, remarks = [], list(now.remarks)
    for exercise in now.exercises:
        earlier = old.get(exercise.name)
        if earlier is None or earlier.pending:
            exercises.append(exercise)
        elif exercise.pending:
            exercises.append(earlier)
        elif never_lower and exercise.points < earlier.points:
            exercises.append(earlier)
            remarks.append(remark(earlier, exercise))
        else:
            exercises.append(exercise)
    questions = now.questions if before.refused else before.questions
    parts = {"exercises": tuple(exercises), "remarks": tuple(remarks), "questions": questions}
    return replace(now, cells=(), origin=before.origin, **parts)  # type: ignore[arg-type]


def remark(earlier: ExerciseGrade, now: ExerciseGrade) -> str:
    """Return what a student is told of points that a regrade would have taken."""
    return (
        f"{now.name}: graded again it would earn {decimal(now.points):g} points instead of "
        f"{decimal(earlier.points):g}. {STANDS}"
    )


def settled(grade: Grade) -> Grade:
    """Return a grade without times, and without what only tells where it comes from."""
    exercises = tuple(
        replace(e, checks=tuple(replace(check, seconds=0.0) for check in e.checks))
        for e in grade.exercises
    )
    return replace(grade, exercises=exercises, cells=(), seconds=0.0, basis="", run="")


def apply(results: Results, changes: Sequence[Change], reason: str, *, never_lower: bool) -> None:
    """Record all changes at once, with an entry in the log, and bring the pages up to date."""
    book = results.book
    with book.transaction():
        number = book.regrades.begin(user(), reason, never_lower=never_lower)
        for change in changes:
            before = book.regrades.rows(key_of(change.before))
            # Answers may have been marked by now; those of a refused hand-in are not there yet.
            book.record(change.after, questions=bool(change.before.refused))
            after = book.regrades.rows(key_of(change.after))
            book.regrades.add(number, Regraded(before, after))
    publish(results)


def undo(results: Results) -> tuple[Entry, list[Key]]:
    """Put everything back as it was before the last regrade that stands.

    Returns its entry, and what stays as it is because it has been graded anew since. Raises
    `UsageError` when there is none.
    """
    book = results.book
    standing = [entry for entry in book.regrades.entries() if not entry.undone_at]
    if not standing:
        raise UsageError(f"There is no regrade in {results.out} to undo.")
    with book.transaction():
        left = book.regrades.undo(standing[-1].id)
    publish(results)
    return standing[-1], left


def publish(results: Results) -> None:
    """Bring the pages and the log up to date."""
    results.catch_up()
    (results.out / LOG).write_text(log_text(results.book.regrades), encoding="utf-8")


def log_text(log: Regrades) -> str:
    """Return the log of regrades for people: when, who, why, and whose points moved."""
    lines = []
    for entry in log.entries():
        policy = " (never lower)" if entry.never_lower else ""
        undone = f" Undone {entry.undone_at}." if entry.undone_at else ""
        head = f"{entry.id}. {entry.applied_at} UTC, {entry.who}{policy}: {entry.reason}{undone}"
        lines.append(one_line(head))
        for change in log.changes(entry.id):
            points = [f"{decimal(points_in(rows)):g}" for rows in (change.before, change.after)]
            lines.append("   " + one_line(f"{change.key[1]}: {' → '.join(points)}"))
    return "\n".join(lines) + "\n"


def points_in(rows: Rows) -> Fraction:
    """Return the points of a stored grade."""
    return sum((Fraction(row["points"]) for row in rows["exercises"]), NOTHING)


def key_of(grade: Grade) -> Key:
    """Return what a grade is found by."""
    return grade.assignment, grade.submission


def user() -> str:
    """Return the name of the user whose process this is; never what a variable says."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"
