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
# If so many of the pairs could be copies, no tail is left to look at.
MUCH = 0.3
# How many pairs of a class may stand out by chance, if the tail is as the bulk lets expect.
BY_CHANCE = 0.5


@dataclass(frozen=True)
class Background:
    """The scores of a class: how many pairs, the median, and the line from where one stands out.

    `is_measured` is false where there are too few pairs; the line is then a fixed one.
    """

    pairs: int
    median: float
    line: float
    is_measured: bool


def background(scores: "NDArray[Any]", size: int) -> Background:
    """Return what is usual among the scores of the pairs of a class of `size` hand-ins.

    Not more pairs are taken to be copies than there are hand-ins. So the tail of independent pairs
    is looked at below the `size` highest scores, over half of its depth in orders of magnitude,
    and drawn on as an exponential one to where BY_CHANCE pairs are left to expect.
    """
    import numpy as np

    if not len(scores):
        return Background(0, 0.0, WITHOUT_A_CLASS, is_measured=False)
    median = float(np.median(scores))
    part = min(1.0, size / len(scores))
    if len(scores) < ENOUGH or part >= MUCH:
        return Background(len(scores), median, WITHOUT_A_CLASS, is_measured=False)
    low, high = (float(q) for q in np.quantile(scores, (1 - part**0.5, 1 - part)))
    scale = (high - low) / -log(part**0.5)
    line = high + scale * log(size / BY_CHANCE)
    return Background(len(scores), median, min(max(line, LEAST), MOST), is_measured=True)
