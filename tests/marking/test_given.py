"""Marks in grades: what counts, what waits, and what becomes of the totals."""

from dataclasses import replace
from fractions import Fraction

import pytest

from grader.exports.document import grade_entry
from grader.exports.filled import by_exercise, whole
from grader.exports.people import unfinished
from grader.exports.table import to_csv
from grader.marking.events import Entry, Event, Given, Kind, Register
from grader.marking.given import (
    HAND_IN,
    digest_of,
    part_of_exercise,
    part_of_question,
    shown_of,
    with_marks,
)
from grader.marking.ledger import Ledger, Part
from grader.model import CheckResult, ExerciseGrade, GivenItem, Grade, Mark, Outcome, QuestionAnswer
from grader.reports.feedback import feedback_page

FAULT = CheckResult("v", "g", True, True, Outcome.grader_fault, max_points=Fraction(3))
GRADE = Grade(
    "ada",
    "05_flow",
    exercises=(
        ExerciseGrade("f", "F", Fraction(4), Fraction(5), ()),
        ExerciseGrade("g", "G", Fraction(0), Fraction(3), (FAULT,), pending=True),
    ),
    questions=(
        QuestionAnswer("a", "Why", Fraction(2), "Because  it is.", "answered"),
        QuestionAnswer("b", "More", Fraction(1), "So.", "answered", bonus=True),
        QuestionAnswer("c", "Last", Fraction(2), "", "blank"),
    ),
    digest="d1",
)
WHY = part_of_question("05_flow", "a")
ITEM = Register(Kind.item, "05_flow", WHY.name, "00-x")
RUBRIC = Event(0, "", "the rubric", ITEM, entry=Entry("Says *why*.", "1/2"))


def mark(part: Part, given: Given, marker: str = "vera", submission: str = "ada") -> Event:
    return Event(1, "", marker, part.of(submission), given)


def because(
    points: str = "1/3", *items: str, text: str = "Because it is.", **more: object
) -> Given:
    return Given(items, points, "Well.", done=True, answer=digest_of(text), **more)  # type: ignore[arg-type]


def test_without_marks_a_grade_is_what_it_was() -> None:
    assert with_marks(GRADE, Ledger()) is GRADE
    assert with_marks(GRADE, Ledger([RUBRIC])) == GRADE
    assert (GRADE.points, GRADE.max_points, whole(GRADE)) == (4, 8, 12)


def test_a_mark_enters_the_totals_with_its_maximum() -> None:
    marked = with_marks(GRADE, Ledger([RUBRIC, mark(WHY, because("1/3", "00-x"))]))
    items = (GivenItem("Says *why*.", Fraction(1, 2)),)
    expected = Mark(Fraction(5, 6), Fraction(2), items, Fraction(1, 3), "Well.")
    assert marked.questions[0].mark == expected
    assert (marked.points, marked.max_points) == (4 + Fraction(5, 6), 10)
    # The whole stays the whole, however much of it is marked.
    assert whole(marked) == whole(GRADE)
    told = "f 4 of 5, g 0 of 3, question a 0.83 of 2; 1 answer to be marked by hand"
    assert by_exercise(marked) == told


def test_a_bonus_comes_on_top() -> None:
    given = because(text="So.")
    marked = with_marks(GRADE, Ledger([mark(part_of_question("05_flow", "b"), given)]))
    assert (marked.points, marked.max_points) == (4 + Fraction(1, 3), 8)


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([mark(WHY, because(text="Something else."))], "has changed since"),
        ([mark(WHY, because("1")), mark(WHY, because("2"), "tom")], "marked it differently"),
    ],
)
def test_what_is_open_counts_nothing_and_says_why(events, why):
    marked = with_marks(GRADE, Ledger(events))
    assert why in marked.questions[0].mark.waits
    assert (marked.points, marked.max_points) == (GRADE.points, GRADE.max_points)
    assert grade_entry(marked)["questions"][0]["mark"]["points"] is None
    assert why in feedback_page(marked, "Flow", ())


def test_white_space_is_no_change_of_an_answer() -> None:
    marked = with_marks(GRADE, Ledger([mark(WHY, because(text="Because\nit   is. "))]))
    assert marked.questions[0].is_marked


def test_a_person_decides_an_exercise_while_it_waits() -> None:
    given = Given((), "2", "Looked at by hand.", done=True, answer="d1")
    ledger = Ledger([mark(part_of_exercise("05_flow", "g"), given)])
    marked = with_marks(GRADE, ledger)
    assert (marked.exercises[1].points, marked.exercises[1].pending) == (2, False)
    assert (marked.points, unfinished(GRADE), unfinished(marked)) == (6, "waits for a person", "")
    page = feedback_page(marked, "Flow", ())
    assert "decided by a person" in page
    assert "Looked at by hand." in page
    # Graded after all, or another hand-in: the mark is for what it was given for.
    graded = replace(GRADE, exercises=(replace(GRADE.exercises[1], pending=False),))
    assert with_marks(graded, ledger).exercises == graded.exercises
    another = with_marks(replace(GRADE, digest="d2"), ledger)
    assert another.exercises[1].pending
    assert "changed since" in another.exercises[1].mark.waits


def test_a_person_decides_about_a_refused_hand_in() -> None:
    refused = Grade("ada", "05_flow", refused="Not JSON.", digest="d1")
    given = Given((), "11", "Sent by mail.", done=True, answer="d1", most="22")
    ledger = Ledger([mark(Part("05_flow", HAND_IN), given)])
    marked = with_marks(refused, ledger)
    assert (marked.points, marked.max_points, unfinished(marked)) == (11, 22, "")
    assert "11,22,decided by hand: Not JSON." in to_csv([marked]).replace(".0", "")
    assert "Sent by mail." in feedback_page(marked, "Flow", ())
    assert unfinished(refused) == "could not be graded"
    # Once it could be graded, its own points count.
    assert with_marks(GRADE, ledger).points == GRADE.points


def test_tables_and_documents_tell_of_marks() -> None:
    marked = with_marks(GRADE, Ledger([RUBRIC, mark(WHY, because("0", "00-x"))]))
    head, line = to_csv([marked]).splitlines()
    cells = dict(zip(head.split(","), line.split(","), strict=True))
    assert (cells["question a"], cells["points"], cells["max_points"]) == ("0.5", "4.5", "10.0")
    assert "question" not in to_csv([GRADE])
    entry = grade_entry(marked)["questions"][0]["mark"]
    assert entry["items"] == [{"text": "Says *why*.", "points": 0.5}]
    page = feedback_page(marked, "Flow", ())
    assert "Says <em>why</em>." in page
    assert "Well." in page


def test_a_page_is_out_of_date_when_a_price_moves() -> None:
    given = mark(WHY, because("0", "00-x"))
    before = shown_of(with_marks(GRADE, Ledger([RUBRIC, given])))
    dearer = Event(2, "", "tom", ITEM, entry=Entry("Says *why*.", "1"), replaces=(RUBRIC.id,))
    after = shown_of(with_marks(GRADE, Ledger([RUBRIC, given, dearer])))
    assert before != after
    assert shown_of(GRADE) == ""


def test_hostile_comments_and_rubrics_stay_words() -> None:
    text = "<script>alert(1)</script>\u202e=cmd"
    given = Given(("00-x",), "0", text, done=True, answer=digest_of("Because it is."))
    item = Event(0, "", "x", ITEM, entry=Entry(text, "1"))
    page = feedback_page(with_marks(GRADE, Ledger([item, mark(WHY, given)])), "Flow", ())
    assert "<script>" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page
