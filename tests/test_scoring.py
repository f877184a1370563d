"""Points: exact, gated by the core, and never touched by a fault of the grader's."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import CourseError
from grader.model import CheckResult, Exercise, Grade, Outcome
from grader.rubric import parse_rubric
from grader.scoring import decimal, grade_exercise

THREE = Exercise("f", Fraction(3))


def result(outcome: Outcome, weight: str | None = None, name: str = "c") -> CheckResult:
    share = None if weight is None else Fraction(weight)
    return CheckResult(name, "f", False, share is None, outcome, weight=share)


def points(*results: CheckResult) -> Fraction:
    return grade_exercise(THREE, results).points


PASSED, FAILED = Outcome.passed, Outcome.failed


def test_all_passed_is_all_points() -> None:
    assert points(result(PASSED), result(PASSED), result(PASSED, "0.5")) == 3


@pytest.mark.parametrize(
    "bad", [Outcome.failed, Outcome.timed_out, Outcome.crashed, Outcome.not_run]
)
def test_a_core_check_takes_everything(bad: Outcome) -> None:
    assert points(result(PASSED), result(bad), result(PASSED, "0.5")) == 0


def test_a_check_with_points_takes_its_own() -> None:
    assert points(result(PASSED), result(FAILED, "0.75")) == Fraction("2.25")


def test_a_fault_gives_and_takes_nothing() -> None:
    grade = grade_exercise(THREE, [result(PASSED), result(Outcome.grader_fault, "0.5")])
    assert grade.pending
    assert grade.points == Fraction("2.5")


def test_shares_are_exact() -> None:
    grade = grade_exercise(THREE, [result(PASSED)] * 7)
    assert sum(check.max_points for check in grade.checks) == 3
    assert grade.points == 3


@pytest.mark.parametrize("weights", [["1"], ["3", None], ["2", "1", None]])
def test_points_must_leave_something_for_the_core(weights: list[str | None]) -> None:
    with pytest.raises(CourseError, match="core checks"):
        grade_exercise(THREE, [result(PASSED, weight) for weight in weights])


outcomes = st.sampled_from(list(Outcome))


@given(st.lists(st.tuples(outcomes, st.sampled_from([None, "0.25", "0.5"])), max_size=4), outcomes)
def test_points_are_between_nothing_and_all(
    parts: list[tuple[Outcome, str | None]], core: Outcome
) -> None:
    grade = grade_exercise(THREE, [result(core), *(result(o, w) for o, w in parts)])
    assert 0 <= grade.points <= 3
    assert sum((c.max_points for c in grade.checks), Fraction(0)) == 3
    assert sum((c.points for c in grade.checks), Fraction(0)) == grade.points


def test_a_bonus_adds_points_and_no_maximum() -> None:
    extra = grade_exercise(Exercise("g", Fraction(2), bonus=True), [result(PASSED)])
    grade = Grade("s", "a", exercises=(grade_exercise(THREE, [result(PASSED)]), extra))
    assert (grade.points, grade.max_points) == (5, 3)


def test_decimals_are_never_rounded_up() -> None:
    assert decimal(Fraction(2, 3)) == 0.66
    assert decimal(Fraction(3, 2)) == 1.5


def test_a_rubric_adds_up() -> None:
    text = "- 0.5: names it\n  and says why\n* 1.5: proves it"
    items = parse_rubric("x", text, Fraction(2))
    assert [(item.points, item.text) for item in items] == [
        (Fraction(1, 2), "names it and says why"),
        (Fraction(3, 2), "proves it"),
    ]
    with pytest.raises(CourseError, match="gives 2 points, the question 3"):
        parse_rubric("x", text, Fraction(3))
