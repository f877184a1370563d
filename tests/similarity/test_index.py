"""Weights and scores, against the sums that the definition asks for."""

import random
from math import log

import numpy as np
import pytest

from grader.similarity import index
from grader.similarity.index import Index, document

SETS = [{1, 2, 3, 9}, {2, 3, 4, 9}, {5, 6, 9}, {7, 8, 9}]


def by_definition(sets: list[set[int]], prior: int) -> np.ndarray:
    n = max(len(sets), 20)
    count = {key: sum(key in one for one in sets) for one in sets for key in one}
    weight = {k: log((n + 1) / m) if m <= n / 2 else 0.0 for k, m in count.items()}
    scores = np.zeros((len(sets), len(sets)))
    for j in range(len(sets)):
        for i in range(j):
            least = min(sum(weight[k] for k in sets[at]) for at in (i, j))
            shared = sum(weight[k] for k in sets[i] & sets[j])
            scores[i, j] = shared / (least + prior * log(n + 1))
    return scores


def test_scores_are_those_of_the_definition() -> None:
    rng = random.Random(0)
    crowd = [set(rng.choices(range(60), k=rng.randrange(40))) for _ in range(25)]
    for sets in (SETS, crowd):
        for prior in (5, 20):
            found = Index([document(one) for one in sets], prior).scores()
            np.testing.assert_allclose(found, by_definition(sets, prior))


def test_scores_do_not_depend_on_how_much_is_added_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Index([document(one) for one in SETS]).scores()
    monkeypatch.setattr(index, "PAIRS_AT_ONCE", 1)
    np.testing.assert_array_equal(Index([document(one) for one in SETS]).scores(), whole)


def test_what_most_have_weighs_nothing_and_the_rare_weighs_most() -> None:
    found = Index([document(one) for one in SETS * 10])
    assert found.weight(9) == 0
    assert found.weight(2) == pytest.approx(log(41 / 20))
    assert found.weight(1) == pytest.approx(log(41 / 10))
    assert found.weight(1234) == 0


def test_a_few_friends_in_a_small_class_still_share_something() -> None:
    found = Index([document({1, 2, 3})] * 3 + [document({4})])
    assert found.weight(1) == pytest.approx(log(21 / 3))


def test_nothing_to_compare() -> None:
    assert Index([]).scores().shape == (0, 0)
    assert not Index([document([]), document([])]).scores().any()


def test_a_document_is_a_set_without_what_was_given() -> None:
    assert document([3, 1, 3, -2], frozenset({1})).tolist() == [-2, 3]
