"""Fragments of code: what leaves them as they are, and what does not."""

import random
import time

import pytest

from grader.similarity.code import fragments
from tests.similarity.disguises import DISGUISES

OWN = """def bisect(f, low, high):
    # halve it
    while high - low > 1e-9:
        middle = (low + high) / 2
        if f(middle) < 0:
            low = middle
        else:
            high = middle
    return low


class Layer:
    def __init__(self, size):
        self.size = size
        self.scale = 1 / size ** 0.5

    def forward(self, x):
        return self.scale * x.sum(dim=-1) + self.size
"""


def keys(*cells: str) -> set[int]:
    return {fragment.key for fragment in fragments(cells)}


@pytest.mark.parametrize("kind", ["renamed", "reordered", "reformatted", "comments"])
def test_a_disguise_leaves_every_fragment(kind: str) -> None:
    changed = DISGUISES[kind]([OWN], frozenset({"forward", "Layer"}), random.Random(3))
    assert changed != [OWN]
    assert keys(*changed) == keys(OWN)


def test_cells_may_be_split_and_merged() -> None:
    first, second = OWN.split("\n\n\n")
    assert keys(first, second) == keys(OWN) == keys(second + "\n" + first)


def test_another_use_of_names_is_other_code() -> None:
    """Which name is used where counts, though not what it is called."""
    assert not keys("total = first * second - first + third") & keys(
        "total = first * second - second + third"
    )


def test_what_stood_before_a_fragment_does_not_count() -> None:
    line = "total = first * second - third / first + 1"
    assert keys(line) <= keys(f"first = second + third\n{line}")


def test_attributes_of_libraries_count_and_own_ones_do_not() -> None:
    assert keys("a = x.mean(0) + x.std(0) - 1 * a") != keys("a = x.sum(0) + x.std(0) - 1 * a")
    assert keys("self.w = 1 + self.w * 2 - self.w") == keys("me.v = 1 + me.v * 2 - me.v")


def test_broken_code_is_compared_by_its_tokens() -> None:
    broken = OWN.replace("def bisect(f, low, high):", "def bisect(f, low, high:")
    assert len(keys(broken) & keys(OWN)) > 0.9 * len(keys(OWN))


def test_a_fragment_knows_its_lines() -> None:
    found = list(fragments(["", "\n\n'''a\nb'''\nx = 'c\\\nd'\nvalue = a + b * c - d / e"]))
    assert {f.cell for f in found} == {1}
    assert (found[0].first, found[-1].last) == (4, 6)


@pytest.mark.parametrize(
    "hostile",
    ["'''\\" * 75_000, '"' * 300_001, ". " * 150_000, "1" * 300_000, "x." + " " * 300_000],
)
def test_hostile_code_takes_no_time(hostile: str) -> None:
    start = time.process_time()
    list(fragments([hostile]))
    assert time.process_time() - start < 10
