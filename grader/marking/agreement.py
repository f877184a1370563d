"""How far markers agree who have marked the same answers without seeing each other's marks.

Krippendorff's alpha for numbers (K. Krippendorff, "Computing Krippendorff's Alpha-Reliability",
2011, with the squared difference as distance): 1 - D_o / D_e. D_o is the mean squared difference of
the marks within answers, D_e that of all marks paired across answers. It takes any number of
markers and answers that some of them have not marked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True)
class Agreement:
    """Answers with several marks, Krippendorff's alpha, and the mean absolute difference.

    Marks are shares of the maximum, from 0 to 1. `alpha` is None where all marks are equal or
    there are none: then there is nothing that it could tell.
    """

    answers: int
    alpha: float | None
    difference: float | None


def agreement(marks: Sequence[Mapping[str, float]]) -> Agreement:
    """Return the agreement of marks, each answer's by marker; single marks do not count."""
    several = [list(answer.values()) for answer in marks if len(answer) > 1]
    pairs = [abs(a - b) for answer in several for a, b in combinations(answer, 2)]
    if not pairs:
        return Agreement(0, None, None)
    return Agreement(len(several), alpha(several), sum(pairs) / len(pairs))


def alpha(units: Sequence[Sequence[float]]) -> float | None:
    """Return Krippendorff's alpha of numbers, by unit; None where none of them differ."""
    values = [value for unit in units for value in unit]
    observed = sum(_spread(unit) / (len(unit) - 1) for unit in units) / len(values)
    expected = _spread(values) / (len(values) * (len(values) - 1))
    return 1 - observed / expected if expected else None


def _spread(values: Sequence[float]) -> float:
    """Return the sum of squared differences over all ordered pairs."""
    mean = sum(values) / len(values)
    return 2 * len(values) * sum((value - mean) ** 2 for value in values)
