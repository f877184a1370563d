"""The table: what goes in comes out again, and nothing in it is a formula."""

import csv
import io
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.exports.table import CONTROL, harmless, to_csv
from grader.model import ExerciseGrade, Grade, Incident

SIGNS = "=+-@＝＋－＠"
# Letters that attacks are made of come often.
TEXT = st.text(
    st.sampled_from(f"{SIGNS} \t\r\n;,|\"'\ufeff\u3000aé1") | st.characters(codec="utf-8")
)


def exercise(name: str, points: Fraction, *, pending: bool = False) -> ExerciseGrade:
    return ExerciseGrade(name, "", points, Fraction(2), (), pending)


ADA = Grade(
    "ada", "05_flow", ("Ada", "Alan"),
    exercises=(exercise("f", Fraction(1, 3)), exercise("C", Fraction(2))),
    incidents=(Incident("cell 1", "It hung."),),
)  # fmt: skip


def rows(*grades: Grade) -> list[list[str]]:
    return list(csv.reader(io.StringIO(to_csv(grades), newline="")))


def test_one_line_per_submission() -> None:
    refused = Grade("bob", "05_flow", refused="The file is empty.")
    waiting = replace(ADA, submission="a", exercises=(exercise("f", Fraction(0), pending=True),))
    assert rows(ADA, refused, waiting) == [
        ["submission", "assignment", "members", "f", "C", "points", "max_points", "status",
         "incidents", "handed_in_at", "late"],
        ["a", "05_flow", "Ada, Alan", "0.0", "", "0.0", "2.0", "waiting for a person", "1", "", ""],
        ["ada", "05_flow", "Ada, Alan", "0.33", "2.0", "2.33", "4.0", "graded", "1", "", ""],
        ["bob", "05_flow", "", "", "", "", "", "refused: The file is empty.", "0", "", ""],
    ]  # fmt: skip


def test_lines_end_as_on_unix() -> None:
    text = to_csv([ADA])
    assert text.count("\n") == 2
    assert "\r" not in text


@given(name=TEXT, member=TEXT, refused=TEXT)
def test_names_come_back_and_none_is_a_formula(name: str, member: str, refused: str) -> None:
    [_, row] = rows(replace(ADA, submission=name, members=(member,), refused=refused))
    assert len(row) == 11
    for told, found in zip((name, member), (row[0], row[2]), strict=True):
        assert found.replace("'", "") == CONTROL.sub(" ", told).replace("'", "")
    for cell in row:
        assert not CONTROL.search(cell)
        expect_no_formula(cell)
        # As a spreadsheet reads it that takes semicolons, tabs or bars for the ends of cells.
        for mark in ";|,":
            for part in cell.split(mark):
                expect_no_formula(part)


def expect_no_formula(cell: str) -> None:
    assert not cell.lstrip(' \t\r\n\u3000\ufeff"').startswith(tuple(SIGNS)), cell


@pytest.mark.parametrize(
    "text", ["Ada", "Anne-Marie", "a=b", "ada@example.org", "05_flow", "", "3"]
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\x00=1",
        " =1",
        "＝1",
        "Ada;=1",
        'x";"=1',
        "\n=1",
    ],
)
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert "'" in harmless(text)
