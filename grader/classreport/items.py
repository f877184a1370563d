"""Statistics of exercises as items of a test: difficulty, discrimination, and how sure they are.

The classical ones. Difficulty is the mean share of the points of an exercise that was earned (so 1
is easy). Discrimination is Pearson's correlation of that share with the points of all *other*
exercises, as an exercise would otherwise be compared with itself (Henrysson 1963, "Correction of
item-total correlations in item analysis", Psychometrika 28). Its interval is Fisher's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import atanh, sqrt, tanh
from statistics import StatisticsError, correlation, quantiles

# Below this the interval of a correlation reaches over most of what is possible.
FEW = 30
# Ebel and Frisbie (1991), Essentials of Educational Measurement: below this an item is revised.
POOR = 0.2


@dataclass(frozen=True)
class Item:
    """An exercise as an item; `low` and `high` bound the discrimination in 19 of 20 cases.

    `discrimination` is None where everybody has earned the same, in it or in all others.
    """

    count: int
    difficulty: float
    discrimination: float | None
    low: float | None = None
    high: float | None = None


def item(shares: Sequence[Fraction], rest: Sequence[Fraction]) -> Item:
    """Return the statistics of an exercise: for each hand-in the share earned, and the rest."""
    count = len(shares)
    difficulty = float(sum(shares, Fraction(0)) / count) if count else 0.0
    try:
        # Exact numbers first: of equal shares a mean of floats may differ in its last digit.
        if len(set(shares)) < 2 or len(set(rest)) < 2:
            return Item(count, difficulty, None)
        found = correlation([float(s) for s in shares], [float(r) for r in rest])
    except StatisticsError:
        return Item(count, difficulty, None)
    if count < 4 or abs(found) >= 1:
        return Item(count, difficulty, found)
    middle, half = atanh(found), 1.96 / sqrt(count - 3)
    return Item(count, difficulty, found, tanh(middle - half), tanh(middle + half))


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the lower quartile, the median and the upper quartile; zeros of nothing."""
    if len(values) < 2:
        only = values[0] if values else 0.0
        return only, only, only
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return low, middle, high
