"""The leaderboard: smallest first, ties together, nothing that a hand-in says of itself."""

from dataclasses import replace
from fractions import Fraction

from grader.exports.board import to_board
from grader.model import CheckResult, ExerciseGrade, Grade, Outcome

PASSED = CheckResult("entry", "build", False, True, Outcome.passed, message="0 parameters")


def grade(name: str, note: str, outcome: Outcome = Outcome.passed, check: str = "entry") -> Grade:
    result = replace(PASSED, name=check, outcome=outcome, message=note)
    entry = ExerciseGrade("build", "", Fraction(1), Fraction(1), (result,))
    other = ExerciseGrade("f", "", Fraction(1), Fraction(1), (replace(PASSED, name="x"),))
    return Grade(name, "07", exercises=(entry, other))


def test_the_smallest_comes_first_and_ties_share_a_rank() -> None:
    grades = [
        grade("big", "1200 parameters, 500 of 500 new sums right"),
        grade("small", "140 parameters, 499 of 500 new sums right"),
        grade("even", "140 parameters, 500 of 500 new sums right"),
    ]
    lines = to_board(grades, "07", "entry").splitlines()
    assert lines[0] == "rank,submission,number,measured"
    assert [line.split(",")[:3] for line in lines[1:]] == [
        ["1", "even", "140"],
        ["1", "small", "140"],
        ["3", "big", "1200"],
    ]


def test_only_what_a_passed_check_has_measured_counts() -> None:
    grades = [
        grade("failed", "3 parameters", Outcome.failed),
        grade("other", "2 parameters", check="another"),
        grade("silent", ""),
        replace(grade("elsewhere", "1 parameter"), assignment="06"),
    ]
    assert to_board(grades, "07", "entry").splitlines()[1:] == []


def test_a_name_is_no_formula() -> None:
    assert "'=cmd" in to_board([grade("=cmd", "5 parameters")], "07", "entry")
