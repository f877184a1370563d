"""The hand-ins of one assignment, each with each: pairs in order, groups, and the evidence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from grader.comparing.entries import Entry
from grader.comparing.reading import Reading
from grader.model import Assignment
from grader.notebook.read import Cell
from grader.similarity.background import Background, background
from grader.similarity.evidence import Passage, Place, passages
from grader.similarity.groups import groups
from grader.similarity.index import Index

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A run of letters is shared sooner than a line of code: a sentence of one's own has forty of them.
WORDS_PRIOR = 80
# Pairs that are kept, the most alike first; a page for people shows far fewer.
MAX_PAIRS = 2_000


@dataclass(frozen=True)
class Pair:
    """Two hand-ins and what they share: of their code and of their words, from 0 to 1.

    `standing` is the larger of both over the line that the class has drawn; 1 is on that line.
    """

    left: Entry
    right: Entry
    code: float
    words: float
    standing: float

    @property
    def stands_out(self) -> bool:
        """Tell whether the pair is on the line or above."""
        return self.standing >= 1


@dataclass(frozen=True)
class Excerpt:
    """A shared passage as text: where it lies in both, and what stands there."""

    passage: Passage
    left: str
    right: str
    is_code: bool


@dataclass(frozen=True)
class Comparison:
    """What came of it. `pairs` are of different people, the most alike first.

    `same` are pairs of the same people that would stand out; they are told and not counted.
    """

    assignment: Assignment
    entries: tuple[Entry, ...]
    pairs: tuple[Pair, ...]
    same: tuple[Pair, ...]
    groups: tuple[tuple[Entry, ...], ...]
    code: Background
    words: Background
    evidence: Callable[[Pair], list[Excerpt]]


def compare(assignment: Assignment, entries: Sequence[Entry]) -> Comparison:
    """Compare the hand-ins of one assignment; two of earlier years are not compared again."""
    import numpy as np

    reading = Reading(assignment)
    documents = [reading.documents(entry.read()) for entry in entries]
    indices = (
        Index([in_code for in_code, _ in documents]),
        Index([in_words for _, in_words in documents], WORDS_PRIOR),
    )
    scores = [index.scores() for index in indices]
    is_pair, is_same = _kinds_of_pairs(entries)
    now = np.array([not entry.year for entry in entries], dtype=bool)
    usual = [background(matrix[is_pair & np.outer(now, now)], int(now.sum())) for matrix in scores]
    pairs = _pairs(entries, scores, usual, is_pair)
    number = {entry: at for at, entry in enumerate(entries)}
    return Comparison(
        assignment,
        tuple(entries),
        tuple(pairs),
        tuple(pair for pair in _pairs(entries, scores, usual, is_same) if pair.stands_out),
        tuple(
            tuple(entries[at] for at in group)
            for group in groups((number[p.left], number[p.right]) for p in pairs if p.stands_out)
        ),
        usual[0],
        usual[1],
        partial(_evidence, reading, indices),
    )


def _kinds_of_pairs(entries: Sequence[Entry]) -> tuple["NDArray[Any]", "NDArray[Any]"]:
    """Tell above the diagonal which pairs count, and which are of the same people."""
    import numpy as np

    size = len(entries)
    is_same = np.zeros((size, size), dtype=bool)
    for j, right in enumerate(entries):
        for i, left in enumerate(entries[:j]):
            is_same[i, j] = left.is_of(right)
    old = np.array([bool(entry.year) for entry in entries], dtype=bool)
    above = np.triu(np.ones((size, size), dtype=bool), 1) & ~np.outer(old, old)
    return above & ~is_same, above & is_same


def _pairs(
    entries: Sequence[Entry],
    scores: Sequence["NDArray[Any]"],
    usual: Sequence[Background],
    chosen: "NDArray[Any]",
) -> list[Pair]:
    import numpy as np

    parts = [matrix / line.line for matrix, line in zip(scores, usual, strict=True)]
    standing = np.where(chosen, np.maximum(*parts), 0)
    order = np.argsort(-standing, axis=None, kind="stable")[:MAX_PAIRS]
    found = []
    for i, j in zip(*np.unravel_index(order, standing.shape), strict=True):
        if standing[i, j] > 0:
            left, right = (i, j) if entries[j].year or not entries[i].year else (j, i)
            of_code, of_words = (float(matrix[i, j]) for matrix in scores)
            pair = Pair(entries[left], entries[right], of_code, of_words, float(standing[i, j]))
            found.append(pair)
    return found


def _evidence(reading: Reading, indices: Sequence[Index], pair: Pair) -> list[Excerpt]:
    """Return the shared passages of a pair: of code, then of words, the heaviest first."""
    left, right = (reading.own(entry.read()) for entry in (pair.left, pair.right))
    in_code = passages(reading.code(left), reading.code(right), indices[0].weight)
    in_words = passages(reading.words(left), reading.words(right), indices[1].weight)
    return [
        Excerpt(p, _lines(left, p.left), _lines(right, p.right), is_code=kind)
        for kind, found in ((True, in_code), (False, in_words))
        for p in found
    ]


def _lines(cells: Sequence[Cell], place: Place) -> str:
    return "\n".join(cells[place.cell].source.split("\n")[place.first : place.last + 1])
