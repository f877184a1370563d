"""The line of a class: hardly anybody innocent above it, and copies do not move it out of reach."""

import numpy as np
import pytest

from grader.similarity.background import LEAST, MOST, WITHOUT_A_CLASS, background


def innocent(size: int, seed: int) -> np.ndarray:
    """Scores of a class of independent people, with the heaviest tail that is allowed for."""
    return np.random.default_rng(seed).exponential(0.03, size * (size - 1) // 2)


@pytest.mark.parametrize("size", [12, 40, 150])
def test_hardly_anybody_innocent_is_above_it(size: int) -> None:
    above = [(s > background(s, size).line).sum() for s in (innocent(size, k) for k in range(200))]
    # Half a pair for each class is what the line allows for.
    assert np.mean(above) < 1.5
    lines = [background(innocent(size, seed), size).line for seed in range(50)]
    expected = 0.03 * np.log(size * (size - 1))
    assert np.median(lines) == pytest.approx(max(expected, LEAST), rel=0.15)


@pytest.mark.parametrize("size", [12, 40, 150])
def test_copies_do_not_move_it_out_of_reach(size: int) -> None:
    """Half as many copied pairs as hand-ins: the line hardly moves; with more it still finds."""
    scores = innocent(size, 1)
    before = background(scores, size).line
    scores[: size // 2] = 0.8
    assert background(scores, size).line < before + 0.12
    scores[: size * 9 // 10] = 0.8
    assert background(scores, size).line < 0.7


def test_too_few_to_tell() -> None:
    few = background(innocent(9, 1), 9)
    assert (few.line, few.is_measured) == (WITHOUT_A_CLASS, False)
    assert background(np.zeros(0), 1).line == WITHOUT_A_CLASS


def test_the_line_stays_within_bounds() -> None:
    assert background(np.zeros(190), 20).line == LEAST
    assert background(np.random.default_rng(0).uniform(0, 1, 1225), 50).line == MOST
