"""A grade in the words of the feedback page."""

import re
from dataclasses import dataclass
from fractions import Fraction

from grader.model import CheckResult, ExerciseGrade, Grade, Outcome
from grader.reports.text import PROSE_LIMIT, shorten

WITNESS = re.compile(r"(with|at|got|expected): ?(.*)")

OUTCOMES = {
    Outcome.passed: "passed",
    Outcome.failed: "failed",
    Outcome.timed_out: "ran out of time",
    Outcome.crashed: "crashed",
    Outcome.not_run: "not run",
    Outcome.grader_fault: "waiting for a person",
}


@dataclass(frozen=True)
class CheckView:
    """A check with its message taken apart: sentences, and the witness's named lines."""

    result: CheckResult
    word: str
    sentences: str
    witness: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Cause:
    """A known mistake whose results were those of the student."""

    mistake: str
    hint: str


@dataclass(frozen=True)
class ExerciseView:
    """An exercise with its state in a word, for the icon, and in a phrase, for reading."""

    grade: ExerciseGrade
    anchor: str
    state: str
    phrase: str
    percent: int
    checks: tuple[CheckView, ...]
    causes: tuple[Cause, ...]
    has_core: bool
    rule: str
    example: str


@dataclass(frozen=True)
class Summary:
    """What stands above the notebook."""

    exercises: tuple[ExerciseView, ...]
    has_public: bool
    by_hand: Fraction
    waiting: int
    has_marks: bool


def summarise(grade: Grade) -> Summary:
    """Return a grade as the page tells it."""
    return Summary(
        tuple(view_of(exercise, at) for at, exercise in enumerate(grade.exercises, 1)),
        any(check.public for exercise in grade.exercises for check in exercise.checks),
        sum((q.max_points for q in grade.questions if not q.is_marked), Fraction(0)),
        sum(exercise.pending for exercise in grade.exercises),
        any(question.is_marked for question in grade.questions),
    )


def view_of(grade: ExerciseGrade, at: int) -> ExerciseView:
    """Return an exercise as a page tells it; `at` is its number there."""
    share = grade.points / grade.max_points if grade.max_points else Fraction(0)
    has_core = {check.core for check in grade.checks} == {True, False}
    return ExerciseView(
        grade,
        f"exercise-{at}",
        state_of(grade),
        _phrase(grade),
        int(100 * share),
        tuple(_check(check) for check in grade.checks),
        _causes(grade),
        has_core,
        _rule(grade, has_core),
        next((check.example for check in grade.checks if check.example), ""),
    )


def state_of(grade: ExerciseGrade) -> str:
    """Return passed, partly, failed, waiting or not_run."""
    outcomes = {check.outcome for check in grade.checks}
    if grade.mark is not None and not grade.pending:
        return by_points(grade)
    if grade.pending or Outcome.grader_fault in outcomes:
        return "waiting"
    if not outcomes or outcomes == {Outcome.not_run}:
        return "not_run"
    if outcomes == {Outcome.passed}:
        return "passed"
    return "partly" if grade.points else "failed"


def by_points(grade: ExerciseGrade) -> str:
    """Return the state of an exercise that a person has decided about."""
    if grade.points >= grade.max_points:
        return "passed"
    return "partly" if grade.points else "failed"


def _phrase(grade: ExerciseGrade) -> str:
    state, total = state_of(grade), len(grade.checks)
    if grade.mark is not None and not grade.pending:
        return "decided by a person"
    if state in {"waiting", "not_run"}:
        return {"waiting": "waiting for a person", "not_run": "not run"}[state]
    passed = sum(check.outcome is Outcome.passed for check in grade.checks)
    return f"{passed} of {total} {'check' if total == 1 else 'checks'} passed"


def _causes(grade: ExerciseGrade) -> tuple[Cause, ...]:
    failed = [check for check in grade.checks if check.outcome is not Outcome.passed]
    causes = [Cause(check.mistake, check.hint) for check in failed if check.mistake]
    return tuple(dict.fromkeys(causes))


def _rule(grade: ExerciseGrade, has_core: bool) -> str:
    """Say why checks passed and yet there are no points, where that is so."""
    passed = {check.outcome is Outcome.passed for check in grade.checks}
    if passed != {True, False} or grade.points or state_of(grade) != "failed":
        return ""
    return f"An exercise earns points only when all its {'core ' if has_core else ''}checks pass."


def _check(result: CheckResult) -> CheckView:
    sentences, witness = read_message(result.message)
    if sentences == result.statement:
        sentences = ""
    return CheckView(result, OUTCOMES[result.outcome], sentences, witness)


def read_message(message: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Split a message into its sentences and the witness lines below, such as `got: 3`."""
    sentences: list[str] = []
    witness: list[tuple[str, str]] = []
    for line in shorten(message, PROSE_LIMIT).splitlines():
        named = WITNESS.fullmatch(line)
        if named:
            witness.append((named[1], named[2]))
        elif witness:
            name, text = witness.pop()
            witness.append((name, f"{text}\n{line}"))
        else:
            sentences.append(line)
    return "\n".join(sentences).strip(), tuple(witness)
