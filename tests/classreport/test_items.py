"""Difficulty and discrimination, against values worked out by hand."""

from fractions import Fraction

import pytest

from grader.classreport.items import Item, item, quartiles


def test_a_class_of_four_by_hand() -> None:
    """Shares 1, 1, 0, 0 and rests 4, 2, 2, 0.

    Means 1/2 and 2; deviations (½, ½, -½, -½) and (2, 0, 0, -2): their products add up to 2, their
    squares to 1 and 8, so r = 2 / √8 = 0.7071. Fisher: atanh r = 0.8814, half = 1.96 / √1.
    """
    found = item(
        [Fraction(1), Fraction(1), Fraction(0), Fraction(0)],
        [Fraction(4), Fraction(2), Fraction(2), Fraction(0)],
    )
    assert found.count == 4
    assert found.difficulty == 0.5
    assert found.discrimination == pytest.approx(0.70711, abs=1e-5)
    assert found.low == pytest.approx(-0.79264, abs=1e-4)
    assert found.high == pytest.approx(0.99322, abs=1e-4)


def test_an_exercise_that_only_the_weak_get_right_is_below_zero() -> None:
    assert item(
        [Fraction(0), Fraction(0), Fraction(1)], [Fraction(5), Fraction(4), Fraction(0)]
    ).discrimination == pytest.approx(-0.98198, abs=1e-5)


@pytest.mark.parametrize(
    ("shares", "rest"),
    [
        ([Fraction(1, 3)] * 3, [Fraction(1), Fraction(2), Fraction(3)]),
        ([Fraction(1), Fraction(0), Fraction(1)], [Fraction(2)] * 3),
        ([Fraction(1)], [Fraction(1)]),
        ([], []),
    ],
)
def test_nothing_is_told_apart_where_all_are_equal(
    shares: list[Fraction], rest: list[Fraction]
) -> None:
    difficulty = float(sum(shares) / len(shares)) if shares else 0.0
    assert item(shares, rest) == Item(len(shares), difficulty, None)


def test_a_perfect_correlation_has_no_interval() -> None:
    found = item(
        [Fraction(0), Fraction(1, 2), Fraction(1), Fraction(1, 4)],
        [Fraction(0), Fraction(2), Fraction(4), Fraction(1)],
    )
    assert found.discrimination == pytest.approx(1)
    assert found.low is None or found.low > 0.999


def test_quartiles_by_hand() -> None:
    assert quartiles([1, 2, 3, 4, 10]) == (2, 3, 4)
    assert quartiles([7]) == (7, 7, 7)
    assert quartiles([]) == (0, 0, 0)
