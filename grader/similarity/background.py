"""What is usual in a class, and from where on a pair stands out from it."""

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Below so many pairs the usual cannot be told; that is ten hand-ins.
ENOUGH = 45
# Where planted copies began, and pairs of independent solutions had ended: see docs/similarity.md.
WITHOUT_A_CLASS = 0.25
LEAST = 0.15
MOST = 0.9
# How many pairs of a class may stand out by chance, if the tail is as the bulk lets expect.
BY_CHANCE = 0.5


@dataclass(frozen=True)
class Background:
    """The scores of a class: how many pairs, the median, the upper quartile, the threshold.

    `is_measured` is false where there are too few pairs, and the threshold is a fixed one.
    """

    pairs: int
    median: float
    high: float
    threshold: float
    is_measured: bool


def background(scores: "NDArray[Any]") -> Background:
    """Return what is usual among the scores of pairs, most of which are of independent people.

    Up to the upper quartile copies are too few to matter. From there the tail is drawn on as an
    exponential one; the threshold is where BY_CHANCE pairs are left to expect.
    """
    import numpy as np

    if not len(scores):
        return Background(0, 0.0, 0.0, WITHOUT_A_CLASS, is_measured=False)
    median, high = (float(q) for q in np.quantile(scores, (0.5, 0.75)))
    if len(scores) < ENOUGH:
        return Background(len(scores), median, high, WITHOUT_A_CLASS, is_measured=False)
    scale = (high - median) / log(2)
    drawn = median + scale * log(0.5 * len(scores) / BY_CHANCE)
    return Background(len(scores), median, high, min(max(drawn, LEAST), MOST), is_measured=True)
