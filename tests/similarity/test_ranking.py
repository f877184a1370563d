"""Planted copies of right solutions rank above every independent pair, in all assignments."""

import pytest

from tests.bench.similarity import measure
from tests.similarity.stage import ASSIGNMENTS


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_copies_rank_above_independent_pairs(name: str) -> None:
    for kind, measured in measure(name, rounds=1).items():
        assert measured.above == 0, kind
        # Three halves leaves room for the next variant that somebody adds.
        assert min(measured.copies) > 1.5 * max(measured.others), kind
        assert measured.false == 0, kind
        if kind != "all of these":
            assert measured.found == len(measured.copies), kind
