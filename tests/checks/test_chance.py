"""Statistical comparisons reject right samplers within budget, and find the errors they promise."""

import itertools
import math
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from grader.checks.chance import (
    COURSE_BUDGET,
    MISS,
    RUN,
    SHARE,
    SHARES,
    Chance,
    divergence,
    judge_counts,
    plan_for,
)
from grader.checks.failures import CheckFailure

LAW = [0.5, 0.3, 0.2, 0.0]
GRADINGS = 10_000


def by_numpy(size: int, seed: int) -> Any:
    return np.random.default_rng(seed).choice(4, size, p=LAW)


def by_torch(size: int, seed: int) -> Any:
    generator = torch.Generator().manual_seed(seed)
    return torch.multinomial(torch.tensor(LAW), size, replacement=True, generator=generator)


def by_python(size: int, seed: int) -> Any:
    return random.Random(seed).choices(range(4), LAW, k=size)


def one_by_one(size: int, seed: int) -> Any:
    """Inverse CDF, one uniform at a time."""
    rng = random.Random(seed)
    return [0 if u < 0.5 else 1 if u < 0.8 else 2 for u in (rng.random() for _ in range(size))]


def backwards_and_wasteful(size: int, seed: int) -> Any:
    """Another order of consumption: every second number is thrown away, the last comes first."""
    u = np.random.RandomState(seed % 2**32).random_sample(2 * size)[::-2]
    return np.searchsorted([0.5, 0.8, 1.0], u, side="right")


def by_rejection(size: int, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    found: list[int] = []
    while len(found) < size:
        kinds, heights = rng.integers(0, 4, 2 * size), rng.random(2 * size) / 2
        found += kinds[heights < np.array(LAW)[kinds]].tolist()
    return found[:size]


RIGHT = [by_numpy, by_torch, by_python, one_by_one, backwards_and_wasteful, by_rejection]


def seeds(start: int) -> Iterator[int]:
    return itertools.count(start * 1_000_003)


def rejections(draw: Callable[[int, int], Any], gradings: int, law: list[float] = LAW) -> int:
    found = 0
    for number in range(gradings):
        try:
            Chance(seeds(number), 1).frequencies(draw, law, detect=0.25)
        except CheckFailure:
            found += 1
    return found


def test_the_budget_is_that_of_the_course() -> None:
    """One wrong rejection expected per 1,000 students, over all statistical comparisons."""
    assert COURSE_BUDGET == 1e-3
    assert math.isclose(RUN**2 * SHARES, COURSE_BUDGET)


@pytest.mark.parametrize("draw", RIGHT)
def test_right_samplers_stay_within_the_budget(draw: Callable[[int, int], Any]) -> None:
    """10,000 gradings, 0.5 rejections expected at most: more than 4 come once in 5,000 times."""
    few = GRADINGS // 5 if draw in {by_torch, by_rejection, one_by_one} else GRADINGS
    assert rejections(draw, few) <= 4


def test_one_run_errs_no_more_often_than_it_may() -> None:
    """Runs without confirmation, at sizes that grow: the bound holds over all looks together."""
    rng, plan, wrong = np.random.default_rng(7), plan_for((0.1,) * 10, 0.05), 0
    for _ in range(GRADINGS):
        counts = np.zeros(10)
        for size in plan.sizes:
            counts += rng.multinomial(int(size - counts.sum()), plan.probabilities)
            verdict = judge_counts(counts, plan)
            if verdict is not None:
                wrong += verdict[0] >= 0
                break
    assert wrong <= RUN * GRADINGS


def test_an_error_of_the_promised_size_is_found() -> None:
    plan = plan_for(tuple(LAW), 0.25)
    biased = [0.5 - plan.detects, 0.3 + plan.detects, 0.2, 0.0]
    missed = 300 - rejections(lambda n, s: np.random.default_rng(s).choice(4, n, p=biased), 300)
    assert missed <= 300 * 4 * MISS + 3


def test_a_right_sampler_is_not_drawn_from_to_the_end() -> None:
    drawn: list[int] = []

    def draw(size: int, seed: int) -> Any:
        drawn.append(size)
        return by_numpy(size, seed)

    Chance(seeds(3), 1).frequencies(draw, LAW, detect=0.02)
    assert sum(drawn) < plan_for(tuple(LAW), 0.02).sizes[-1]


def test_a_hopeless_sampler_is_rejected_at_the_first_look() -> None:
    drawn: list[int] = []

    def draw(size: int, seed: int) -> Any:
        drawn.append(size)
        return np.zeros(size)

    with pytest.raises(CheckFailure, match="does not come as often"):
        Chance(seeds(3), 1).frequencies(draw, LAW, detect=0.02, what="A word")
    assert drawn == [400, 400]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda n: [4] * n, "cannot be"),
        (lambda n: [-1] * n, "cannot be"),
        (lambda n: [0.5] * n, "cannot be"),
        (lambda n: [float("nan")] * n, "cannot be"),
        (lambda n: [0] * (n - 1), "not drawn as often as asked"),
        (lambda n: "0" * n, "not made of real numbers"),
        (lambda n: None, "not made of real numbers"),
    ],
)
def test_what_is_no_sample_fails(answer: Callable[[int], Any], says: str) -> None:
    with pytest.raises(CheckFailure, match=says):
        Chance(seeds(0), 1).frequencies(lambda size, seed: answer(size), LAW)


def test_a_claim_fails_only_if_two_seeds_fail() -> None:
    tried: list[int] = []

    def unlucky(seed: int) -> None:
        tried.append(seed)
        if len(tried) == 1:
            raise CheckFailure("not this time")

    Chance(iter([11, 12]), 1).confirmed(unlucky)
    assert tried == [11, 12]

    def wrong(seed: int) -> None:
        raise CheckFailure("never")

    with pytest.raises(CheckFailure, match="never"):
        Chance(iter([11, 12]), 1).confirmed(wrong)


def test_no_more_comparisons_than_announced() -> None:
    chance = Chance(seeds(0), 1)
    chance.confirmed(lambda seed: None)
    with pytest.raises(ValueError, match="chances=1"):
        chance.frequencies(by_numpy, LAW)


def test_the_divergence_is_that_of_two_valued_laws() -> None:
    assert divergence(0.5, 0.5) == 0
    assert math.isclose(divergence(1.0, 0.25), math.log(4))
    assert math.isclose(divergence(0.0, 0.25), math.log(4 / 3))
    assert divergence(0.1, 0.0) == math.inf
    assert SHARE > 0


def test_the_course_has_shares_for_all_its_comparisons() -> None:
    root = Path(__file__).parents[2] / "solutions"
    taken = [
        int(share)
        for file in root.glob("*/*checks.py")
        for share in re.findall(r"\bchances=(\d+)", file.read_text(encoding="utf-8"))
    ]
    assert 0 < sum(taken) <= SHARES
