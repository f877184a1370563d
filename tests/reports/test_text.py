"""Text from strangers: control characters, limits, points as decimals."""

from fractions import Fraction

import pytest

from grader.reports.text import counted, decimal, presentable, prose, shorten


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\x07\x1b[31mc\x7f\x85", "ab[31mc"),
        ("line\r\nline\tcell", "line\nline\tcell"),
        ("nam\u202etxt.exe", "nam[U+202E]txt.exe"),
        ("\u2066isolate\u2069\u200f", "[U+2066]isolate[U+2069][U+200F]"),
        ("half a pair: \ud83d", "half a pair: \ufffd"),
        ("Grüße, ελληνικά, 你好, עברית, 👩\u200d🔬", "Grüße, ελληνικά, 你好, עברית, 👩\u200d🔬"),
    ],
)
def test_control_and_reordering_marks_do_not_reach_the_page(text, shown):
    assert presentable(text) == shown


def test_a_long_text_says_how_much_is_missing():
    text = "x" * 10 + "y" * 1_990
    assert shorten(text, 2_000) == text
    assert shorten(text, 10) == "x" * 10 + "\n[1,990 characters more are not shown here]"
    assert shorten(text, 4, keep_end=True).endswith("\nyyyy")


def test_backticks_make_code_and_nothing_else_is_markup():
    assert prose("`a<b` & <b>") == "<code>a&lt;b</code> &amp; &lt;b&gt;"


@pytest.mark.parametrize(
    ("points", "shown"),
    [("7.5", "7.5"), ("12", "12"), ("10", "10"), ("0", "0"), ("1/3", "0.333"), ("0.25", "0.25")],
)
def test_points_are_decimals_without_trailing_zeros(points, shown):
    assert decimal(Fraction(points)) == shown


def test_one_point_is_singular():
    assert counted(Fraction(1)) == "1 point"
    assert counted(Fraction("0.5")) == "0.5 points"
