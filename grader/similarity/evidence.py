"""The places where two hand-ins are alike, as passages side by side."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from grader.similarity.code import Fragment

# Lines between two matches that still belong to one passage: what one of the two has put there.
GAP = 2
MAX_LINES = 30


@dataclass(frozen=True)
class Place:
    """Lines of a cell, by number from 0; both ends are in it."""

    cell: int
    first: int
    last: int

    def touches(self, other: "Place") -> bool:
        """Tell whether another place lies in the same cell, over this one or close to it."""
        return (
            self.cell == other.cell
            and other.first <= self.last + GAP
            and self.first <= other.last + GAP
        )

    def with_(self, other: "Place") -> "Place":
        """Return the place that reaches over both."""
        return Place(self.cell, min(self.first, other.first), max(self.last, other.last))

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Passage:
    """Two places that say the same, and the weight of what they share."""

    left: Place
    right: Place
    weight: float


def passages(
    left: Iterable[Fragment], right: Iterable[Fragment], weigh: Callable[[int], float]
) -> list[Passage]:
    """Return the shared passages of two documents, the heaviest first.

    Fragments that follow each other in both documents are one passage, whatever was put between.
    """
    known: dict[int, Place] = {}
    for fragment in right:
        known.setdefault(fragment.key, place_of(fragment))
    found: list[Passage] = []
    seen: set[int] = set()
    for fragment in left:
        weight = weigh(fragment.key) if fragment.key in known and fragment.key not in seen else 0
        if weight:
            seen.add(fragment.key)
            _add(found, Passage(place_of(fragment), known[fragment.key], weight))
    return sorted(found, key=lambda passage: -passage.weight)


def _add(found: list[Passage], new: Passage) -> None:
    """Put a match into the passage it goes on with, or begin another; recent ones are tried."""
    for at in range(len(found) - 1, max(-1, len(found) - 4), -1):
        old = found[at]
        left, right = old.left.with_(new.left), old.right.with_(new.right)
        if (
            old.left.touches(new.left)
            and old.right.touches(new.right)
            and max(left.lines, right.lines) <= MAX_LINES
        ):
            found[at] = Passage(left, right, old.weight + new.weight)
            return
    found.append(new)


def place_of(fragment: Fragment) -> Place:
    """Return where a fragment lies."""
    return Place(fragment.cell, fragment.first, fragment.last)
