"""Grades with the marks that people have given put in."""

import hashlib
from dataclasses import replace
from fractions import Fraction

import msgspec

from grader.marking.events import Kind, points
from grader.marking.ledger import Ledger, Part, Standing, State
from grader.marking.order import normal
from grader.model import ExerciseGrade, GivenItem, Grade, Mark, QuestionAnswer

HAND_IN = "hand_in"
WAITS = {
    State.changed: "The answer has changed since it was marked.",
    State.conflict: "Two people have marked it differently.",
}


def part_of_question(assignment: str, name: str) -> Part:
    """Return what the marks of a question are kept under."""
    return Part(assignment, f"question:{name}")


def part_of_exercise(assignment: str, name: str) -> Part:
    """Return what the marks of an exercise are kept under, where the grader could not decide."""
    return Part(assignment, f"exercise:{name}")


def digest_of(text: str) -> str:
    """Return what a mark says it is for; white space does not count."""
    return hashlib.blake2b(normal(text).encode("utf-8", "replace"), digest_size=12).hexdigest()


def with_marks(grade: Grade, ledger: Ledger) -> Grade:
    """Return a grade with what people have given for questions, and for what had to wait."""
    if not ledger.events:
        return grade
    return replace(
        grade,
        questions=tuple(_question(grade, question, ledger) for question in grade.questions),
        exercises=tuple(_exercise(grade, exercise, ledger) for exercise in grade.exercises),
        mark=_whole(grade, ledger) if grade.refused else None,
    )


def shown_of(grade: Grade) -> str:
    """Return a digest of all marks in a grade; empty where there are none."""
    of_exercises = [exercise.mark for exercise in grade.exercises]
    everything = (*[question.mark for question in grade.questions], *of_exercises, grade.mark)
    marks = [mark for mark in everything if mark is not None]
    if not marks:
        return ""
    text = msgspec.json.encode(marks, enc_hook=str)
    return hashlib.blake2b(text, digest_size=12).hexdigest()


def _question(grade: Grade, question: QuestionAnswer, ledger: Ledger) -> QuestionAnswer:
    part = part_of_question(grade.assignment, question.name)
    answer, most = digest_of(question.text), question.max_points
    standing = ledger.standing(part, grade.submission, answer, most)
    return replace(question, mark=mark_of(ledger, part, standing, most))


def _exercise(grade: Grade, exercise: ExerciseGrade, ledger: Ledger) -> ExerciseGrade:
    if not exercise.pending:
        return exercise
    part, most = part_of_exercise(grade.assignment, exercise.name), exercise.max_points
    standing = ledger.standing(part, grade.submission, grade.digest, most)
    mark = mark_of(ledger, part, standing, most)
    if mark is None or mark.waits:
        return replace(exercise, mark=mark)
    return replace(exercise, mark=mark, points=mark.points, pending=False)


def _whole(grade: Grade, ledger: Ledger) -> Mark | None:
    part = Part(grade.assignment, HAND_IN)
    given = [event.given for event in ledger.heads(part.of(grade.submission)) if event.given]
    most = max((points(each.most or "0") for each in given), default=Fraction(0))
    standing = ledger.standing(part, grade.submission, grade.digest, most)
    return mark_of(ledger, part, standing, most)


def mark_of(ledger: Ledger, part: Part, standing: Standing, most: Fraction) -> Mark | None:
    """Return what stands as a mark; None where nobody has finished one."""
    if standing.state in WAITS:
        return Mark(Fraction(0), most, waits=WAITS[standing.state])
    if standing.given is None or standing.points is None:
        return None
    priced = ledger.entries(Kind.item, part)
    items = [
        GivenItem(priced[i].text, points(priced[i].points))
        for i in priced
        if i in standing.given.items
    ]
    extra = points(standing.given.adjustment)
    return Mark(standing.points, most, tuple(items), extra, standing.comment)
