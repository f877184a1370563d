"""How much hand-ins share, counted through an inverted index in which rare fragments weigh most."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Shared by more than this part of all, a fragment is how one writes it, and tells nothing.
COMMON = 0.5
# In a small class three friends are most of it, and what they share would tell nothing. So the
# class is taken to be at least so large; the others have nothing in common with anybody.
CROWD = 20
# Two short hand-ins are not alike for a line or two: so many fragments of one's own are taken for
# granted before the shared part is taken of the rest.
PRIOR = 20
PAIRS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Pair:
    """Two documents by number, `first` before `second`, and the part of the shorter one shared."""

    first: int
    second: int
    score: float


class Index:
    """The fragments of all documents, and what each weighs; a document is a set of keys.

    A fragment weighs log((n + 1) / m) where m of n documents have it, and nothing where more than
    COMMON of them do; n is at least CROWD. The score of a pair is the weight of what it shares over
    that of the lighter document and PRIOR unique fragments more, from 0 to 1.
    """

    def __init__(self, documents: Sequence["NDArray[Any]"], prior: int = PRIOR) -> None:
        import numpy as np

        self.size = len(documents)
        sizes = [len(document) for document in documents]
        owner = np.repeat(np.arange(self.size), sizes)
        everything = np.concatenate([np.zeros(0, np.int64), *documents])
        order = np.argsort(everything, kind="stable")
        self._owner = owner[order]
        self._keys, self._starts, self._counts = np.unique(
            everything[order], return_index=True, return_counts=True
        )
        crowd = max(self.size, CROWD)
        weights = np.log((crowd + 1) / self._counts)
        weights[self._counts > COMMON * crowd] = 0
        self._weights = weights
        by_place = np.repeat(weights, self._counts)
        self._totals = np.bincount(self._owner, by_place, minlength=self.size)
        self._prior = prior * np.log(crowd + 1)

    def weight(self, key: int) -> float:
        """Return what a fragment weighs; 0 if no document has it."""
        import numpy as np

        place = int(np.searchsorted(self._keys, key))
        there = place < len(self._keys) and self._keys[place] == key
        return float(self._weights[place]) if there else 0.0

    def scores(self) -> "NDArray[Any]":
        """Return the scores of all pairs as a square matrix; a pair stands above the diagonal."""
        import numpy as np

        shared = np.zeros(self.size * self.size)
        for count in np.unique(self._counts[(self._weights > 0) & (self._counts > 1)]):
            self._add(shared, int(count))
        least = np.minimum.outer(self._totals, self._totals) + self._prior
        return np.asarray(np.triu(shared.reshape(self.size, self.size) / least, 1))

    def _add(self, shared: "NDArray[Any]", count: int) -> None:
        """Add up, pair by pair, the fragments that so many documents have."""
        import numpy as np

        left, right = np.triu_indices(count, 1)
        at_once = max(1, PAIRS_AT_ONCE // len(left))
        chosen = np.flatnonzero((self._counts == count) & (self._weights > 0))
        for begin in range(0, len(chosen), at_once):
            some = chosen[begin : begin + at_once]
            owners = self._owner[self._starts[some][:, None] + np.arange(count)]
            # The sort was stable: the owners of a fragment stand in order, so left is before right.
            cells = owners[:, left] * self.size + owners[:, right]
            np.add.at(shared, cells.ravel(), np.repeat(self._weights[some], len(left)))


def document(keys: Iterable[int], without: frozenset[int] = frozenset()) -> "NDArray[Any]":
    """Return a set of keys as the index takes it, eight bytes each."""
    import numpy as np

    return np.array(sorted(set(keys) - without), dtype=np.int64)
