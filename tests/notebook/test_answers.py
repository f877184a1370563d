"""Free texts are found by their heading, whatever happened to the cells."""

from fractions import Fraction

import pytest

from grader.model import Question
from grader.notebook.answers import PLACEHOLDER, find_answers, heading
from grader.notebook.read import Cell, Notebook

A = Question("a", Fraction(2), "Why?")
B = Question("b", Fraction(1, 2))
GIVEN = [
    Cell("markdown", "# Title"),
    Cell("markdown", f"{heading(A)}\n\nProve it."),
    Cell("markdown", PLACEHOLDER),
    Cell("code", "def f(): ..."),
    Cell("markdown", f"{heading(B)}\n\nAnd this?"),
    Cell("markdown", PLACEHOLDER),
]
SKELETON = Notebook(tuple(GIVEN))


def find(*cells: Cell) -> list[tuple[str, str]]:
    return [(a.status, a.text) for a in find_answers(Notebook(cells), [A, B], SKELETON)]


def test_the_skeleton_is_blank() -> None:
    assert find(*GIVEN) == [("blank", ""), ("blank", "")]


def test_an_answer_in_the_place_for_it() -> None:
    cells = [*GIVEN[:2], Cell("markdown", "Because."), *GIVEN[3:]]
    assert find(*cells) == [("answered", "Because."), ("blank", "")]


def test_an_answer_below_the_placeholder_and_in_more_cells() -> None:
    more = [
        Cell("markdown", f"{PLACEHOLDER}\nBecause"),
        Cell("code", "1 + 1"),
        Cell("markdown", "so."),
    ]
    cells = [*GIVEN[:2], *more, *GIVEN[3:]]
    assert find(*cells)[0] == ("answered", "Because\n\n```python\n1 + 1\n```\n\nso.")


def test_an_answer_typed_into_the_question() -> None:
    cell = Cell("markdown", GIVEN[1].source + "\n\nBecause I say so.")
    assert find(GIVEN[0], cell, *GIVEN[2:])[0] == ("answered", "Because I say so.")


def test_a_question_that_was_deleted_is_missing() -> None:
    assert find(*GIVEN[3:]) == [("missing", ""), ("blank", "")]


def test_an_answer_ends_where_the_next_question_begins() -> None:
    cells = [GIVEN[1], Cell("markdown", "One."), GIVEN[4], Cell("markdown", "Two.")]
    assert find(*cells) == [("answered", "One."), ("answered", "Two.")]


def test_a_copy_of_a_given_cell_does_not_end_an_answer() -> None:
    cells = [*GIVEN[:2], GIVEN[3], Cell("markdown", "Because."), *GIVEN[3:]]
    assert find(*cells)[0] == ("answered", "Because.")


def test_headings_may_change_their_level_and_title() -> None:
    cells = [Cell("markdown", "# question A and so on"), Cell("markdown", "Because.")]
    assert find(*cells)[0] == ("answered", "Because.")


@pytest.mark.parametrize("question", [Question("d", Fraction(3, 2)), A])
def test_the_heading_names_points(question: Question) -> None:
    assert f"({float(question.points):g} points)" in heading(question)


def test_one_point_is_one() -> None:
    assert heading(Question("e", Fraction(1))) == "### Question e (1 point)"
    assert heading(Question("e", Fraction(4), bonus=True)) == "### Question e (4 bonus points)"
