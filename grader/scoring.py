"""Results in, points out, in exact fractions."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from grader.errors import CourseError
from grader.model import CheckResult, Exercise, ExerciseGrade, Outcome

ZERO = Fraction(0)


def grade_exercise(
    exercise: Exercise, results: Sequence[CheckResult], note: str = ""
) -> ExerciseGrade:
    """Return the grade that an exercise's results amount to.

    Core checks share what the other checks do not carry. One core check that did not pass takes
    all points of the exercise. A fault of the grader's gives no points and takes none: the exercise
    is pending until a person has looked.
    """
    shared = share_points(exercise, results)
    pending = any(result.outcome is Outcome.grader_fault for result in shared)
    broken = any(r.core and r.outcome is not Outcome.passed for r in shared)
    scored = tuple(
        replace(r, points=r.max_points if r.outcome is Outcome.passed and not broken else ZERO)
        for r in shared
    )
    total = sum((result.points for result in scored), ZERO)
    return ExerciseGrade(
        exercise.name,
        exercise.title,
        total,
        exercise.points,
        scored,
        pending,
        note,
        exercise.bonus,
    )


def share_points(exercise: Exercise, results: Sequence[CheckResult]) -> list[CheckResult]:
    """Return the results with `max_points` set; they add up to the exercise's points."""
    core = [result for result in results if result.core]
    carried = sum((result.weight or ZERO for result in results), ZERO)
    if not core or carried >= exercise.points:
        raise CourseError(
            exercise.name, "needs core checks, and checks with points that add up to less than all"
        )
    each = (exercise.points - carried) / len(core)
    return [replace(r, max_points=each if r.core else r.weight or ZERO) for r in results]


def decimal(points: Fraction) -> float:
    """Return points as a number for people and JSON: two decimals at most, never rounded up."""
    return int(points * 100) / 100
