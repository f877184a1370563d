"""Nothing beyond its level is anywhere in a page, whatever student code wrote into it."""

from dataclasses import replace
from fractions import Fraction

import pytest

from grader.model import (
    CheckResult,
    ExerciseGrade,
    GivenItem,
    Grade,
    Incident,
    Mark,
    Outcome,
    QuestionAnswer,
    Reveal,
)
from grader.reports.feedback import feedback_page
from grader.reports.levels import message_at, shown_at

INPUT, GOT, EXPECTED, STAFF = "heron7319", "gull8527", "stork4242", "raven1111"
DETAIL = f"It is wrong.\nwith: f({INPUT})\nat: {INPUT}\ngot: {GOT}\nmore\nexpected: {EXPECTED}\nand"
FAILED = CheckResult(
    "hidden", "f", False, True, Outcome.failed, "It is right.", message="as it was made",
    detail=DETAIL, hint="Look at the sign.", max_points=Fraction(1),
)  # fmt: skip
FAULT = replace(
    FAILED, name="fault", outcome=Outcome.grader_fault, message="A person will look.",
    detail=f"KeyError: {STAFF} {EXPECTED}",
)  # fmt: skip
MARK = Mark(Fraction(1), Fraction(2), (GivenItem("item5555", Fraction(1)),), comment="comment6666")


def grade(*checks: CheckResult) -> Grade:
    return Grade(
        "ada",
        "05_flow",
        exercises=(ExerciseGrade("f", "F", Fraction(0), Fraction(1), checks),),
        questions=(QuestionAnswer("a", "Why", Fraction(2), "Because", "answered", mark=MARK),),
        incidents=(Incident("cell", STAFF),),
    )


SEEN = {
    Reveal.property: set(),
    Reveal.witness: {INPUT, GOT},
    Reveal.everything: {INPUT, GOT, EXPECTED},
}


@pytest.mark.parametrize("level", list(Reveal))
def test_the_page_holds_its_level_and_nothing_more(level: Reveal) -> None:
    page = feedback_page(grade(FAILED, FAULT), "Flow", [], level=level)
    assert {word for word in (INPUT, GOT, EXPECTED, STAFF) if word in page} == SEEN[level]
    for word in ("It is right.", "It is wrong.", "Look at the sign.", "A person will look."):
        assert word in page


@pytest.mark.parametrize("level", [Reveal.property, Reveal.witness])
@pytest.mark.parametrize(
    "own", ["expected: mine", "x\nexpected: mine", "got: x", "with: x", "\n\nat: x", "expected:"]
)
def test_what_student_code_says_opens_nothing(level: Reveal, own: str) -> None:
    text = f"It is wrong.\nwith: f(1)\ngot: {own}\nexpected: {EXPECTED}"
    assert EXPECTED not in message_at(replace(FAILED, detail=text), level)


def test_what_was_made_without_details_is_cut_too() -> None:
    old = replace(FAILED, message=DETAIL, detail="")
    assert message_at(old, Reveal.property) == "It is wrong."


def test_public_checks_are_told_in_full() -> None:
    assert message_at(replace(FAILED, public=True), Reveal.property) == DETAIL


def test_notes_of_passed_checks_stay() -> None:
    passed = replace(FAILED, outcome=Outcome.passed, message="with: 97 parameters")
    assert message_at(passed, Reveal.property) == "with: 97 parameters"


def test_without_a_level_messages_stay_as_they_were_made() -> None:
    (exercise,) = shown_at(grade(FAILED), None).exercises
    assert (exercise.checks[0].message, exercise.checks[0].detail) == ("as it was made", "")


def test_marks_by_hand_wait_for_their_time() -> None:
    closed = feedback_page(grade(FAILED), "Flow", [], marks=False)
    opened = feedback_page(grade(FAILED), "Flow", [], marks=True)
    for word in ("item5555", "comment6666"):
        assert word not in closed
        assert word in opened
