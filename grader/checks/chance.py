"""Statistical comparisons that together stay within one budget of wrong rejections.

Of n independent draws a share q falls into a category of probability p, or a share still further
off on that side, with a probability of at most exp(-n·KL(q‖p)) (Chernoff; Hoeffding 1963, whose
theorem 1 also covers draws without replacement). Nothing is approximated, so a right sampler is
rejected no more often than the budget says, whatever the size of the sample.
"""

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from grader.checks.compare import fail, numbers
from grader.checks.failures import CheckFailure

# Wrong rejections expected per student over the whole course, and the comparisons that share them.
COURSE_BUDGET = 1e-3
SHARES = 20
SHARE = COURSE_BUDGET / SHARES
# A rejection counts when a second private seed confirms it, so one run may err more often.
RUN = math.sqrt(SHARE)
# How often a bias of the size that is looked for may escape.
MISS = 1e-3
FIRST, GROWTH, MOST = 400, 2, 102_400
# The wire carries no answer of more parts than a few ten thousand.
BATCH = 4000

# Returns category numbers, as many as asked for, drawn after seeding with the second argument.
Draw = Callable[[int, int], Any]


@dataclass(frozen=True)
class Plan:
    """How one comparison proceeds: the sizes it looks at, and the evidence (in nats) it needs.

    `detects` is an error of a probability that is found with a probability of 1 - MISS.
    """

    probabilities: tuple[float, ...]
    sizes: tuple[int, ...]
    evidence: float
    detects: float


@functools.cache
def plan_for(probabilities: tuple[float, ...], detect: float) -> Plan:
    """Return the plan whose largest sample is just large enough to find an error of `detect`."""
    sizes: list[int] = []
    size = FIRST
    while True:
        sizes.append(size)
        # Every category, either side, every look.
        evidence = math.log(2 * len(probabilities) * len(sizes) / RUN)
        found = smallest_error(probabilities, size, evidence)
        if found <= detect or size >= MOST:
            return Plan(probabilities, tuple(sizes), evidence, max(found, detect))
        size *= GROWTH


class Chance:
    """What the fixture `chance` gives to a check.

    `seeds` are private and never end; `shares` comparisons may be made.
    """

    def __init__(self, seeds: Iterator[int], shares: int) -> None:
        self.seeds, self.shares = seeds, shares
        self.plans: list[Plan | None] = []

    def frequencies(
        self,
        draw: Draw,
        probabilities: Sequence[float],
        *,
        detect: float = 0.02,
        what: str = "A value",
    ) -> None:
        """Fail the check if categories do not come up with their probabilities.

        `draw(n, seed)` returns n independent category numbers from 0 on. Samples grow until they
        are clearly right or clearly wrong; `detect` is the error of a probability to look for.
        """
        plan = plan_for(tuple(map(float, probabilities)), detect)
        self._take(plan)
        self._twice(lambda: self._sample(plan, draw, what))

    def confirmed(self, claim: Callable[[int], None]) -> None:
        """Make a claim about a random run, `claim(seed)`; it fails when two private seeds fail."""
        self._take(None)
        self._twice(lambda: claim(next(self.seeds)))

    def _twice(self, run: Callable[[], None]) -> None:
        try:
            run()
        except CheckFailure:
            run()

    def _take(self, plan: Plan | None) -> None:
        if len(self.plans) == self.shares:
            raise ValueError(f"@check(..., chances={self.shares}): one more comparison is made")
        self.plans.append(plan)

    def _sample(self, plan: Plan, draw: Draw, what: str) -> None:
        counts = numpy.zeros(len(plan.probabilities))
        for size in plan.sizes:
            while counts.sum() < size:
                missing = min(int(size - counts.sum()), BATCH)
                counts += self._draw(draw, missing, len(counts), what)
            verdict = judge_counts(counts, plan)
            if verdict is not None:
                worst, share = verdict
                if worst < 0:
                    return
                expected = f"{plan.probabilities[worst]:.4g}"
                fail(f"{what} does not come as often as it should", share, expected, f"{worst}")

    def _draw(self, draw: Draw, size: int, kinds: int, what: str) -> Any:
        drawn = numbers(draw(size, next(self.seeds)), what)
        if drawn.shape != (size,):
            fail(f"{what} is not drawn as often as asked", f"{drawn.shape}", f"({size},)")
        good = (drawn >= 0) & (drawn < kinds) & (drawn == numpy.floor(drawn))
        if not good.all():
            fail(f"{what} is drawn that cannot be", float(drawn[~good][0]))
        return numpy.bincount(drawn.astype(int), minlength=kinds)


def judge_counts(counts: Any, plan: Plan) -> tuple[int, str] | None:
    """Return (category, share) for a clear error, (-1, "") if all is well, None to go on."""
    total = counts.sum()
    shares = counts / total
    wanted = numpy.array(plan.probabilities)
    against = total * divergence(shares, wanted)
    worst = int(against.argmax())
    if against[worst] >= plan.evidence:
        return worst, f"{shares[worst]:.4g}"
    # Clearly right: no error of the size looked for would have given shares so close.
    least = math.log(2 * len(wanted) * len(plan.sizes) / MISS)
    for sign in (-1, 1):
        shifted = wanted + sign * plan.detects
        possible = (shifted >= 0) & (shifted <= 1)
        apart = sign * (shifted - shares) > 0
        near = possible & ~(
            apart & (total * divergence(shares, numpy.clip(shifted, 0, 1)) >= least)
        )
        if near.any():
            return (-1, "") if total >= plan.sizes[-1] else None
    return -1, ""


def divergence(shares: Any, probabilities: Any) -> Any:
    """Return KL(q‖p) of two-valued distributions, entry by entry, in nats."""
    q, p = numpy.broadcast_arrays(shares, probabilities)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        one = numpy.where(q > 0, q * numpy.log(q / p), 0)
        other = numpy.where(q < 1, (1 - q) * numpy.log((1 - q) / (1 - p)), 0)
    return one + other


def smallest_error(probabilities: Sequence[float], size: int, evidence: float) -> float:
    """Return the smallest error of a probability that `size` draws find in 1 - MISS of all runs.

    For a probability p that is really p + d the count must pass the border b of rejection, where
    n·KL(b‖p) is the evidence, and stays on this side of it with at most exp(-n·KL(b‖p+d)).
    """
    miss = math.log(1 / MISS)
    found = 0.0
    for p in sorted(set(map(float, probabilities))):
        for side in (-1, 1):
            border = _beyond(p, side, evidence / size)
            if border is not None:
                truth = _beyond_for(border, side, miss / size)
                found = max(found, abs(truth - p))
    return found


def _beyond(p: float, side: int, needed: float) -> float | None:
    """Return the share nearest to p on a side with KL(share‖p) = needed; None if there is none."""
    end = float(side > 0)
    if divergence(end, p) < needed:
        return None
    return _bisect(lambda q: float(divergence(q, p)) >= needed, p, end)


def _beyond_for(border: float, side: int, needed: float) -> float:
    """Return the probability nearest to a border with KL(border‖probability) = needed."""
    end = 1 - 1e-12 if side > 0 else 1e-12
    return _bisect(lambda p: float(divergence(border, p)) >= needed, border, end)


def _bisect(holds: Callable[[float], bool], outside: float, inside: float) -> float:
    for _ in range(60):
        middle = (outside + inside) / 2
        outside, inside = (outside, middle) if holds(middle) else (middle, inside)
    return inside
