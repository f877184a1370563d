"""Who may use which graphics card, and how much of it: slots by measured need, cards in turn."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from grader.errors import GraderError, GraderFault

# What is left to the driver and to whatever else runs on a card.
SPARE = 0.1
# A process that has only started CUDA takes about so much; torch's own cap does not count it.
CONTEXT_BYTES = 600 << 20
# One measurement says little about the next hand-in.
MARGIN = 1.5

# Watches a card while it is entered; the function then says by how many bytes its use has grown.
Meter = Callable[[str], AbstractContextManager[Callable[[], int]]]
# Overwrites the free memory of a card, but leaves so many bytes of it to those who run there.
Scrub = Callable[[str, int], None]


@dataclass(frozen=True)
class Card:
    """A graphics card by the driver's name for it, and its memory in bytes."""

    name: str
    total: int
    free: int


@dataclass(frozen=True)
class Lease:
    """The right to use a card, and the share of its memory that the worker's torch may take."""

    card: str
    share: float


def slot_count(card: Card, need: int) -> int:
    """Return how many workers of a need, in bytes, a card can hold; one if it is too small."""
    return max(1, int(card.free * (1 - SPARE)) // max(need, CONTEXT_BYTES))


def share_of(card: Card, slots: int) -> float:
    """Return the share of a card that one of so many workers may allocate."""
    room = card.free * (1 - SPARE) / slots - CONTEXT_BYTES
    return max(0.05, min(1.0, room / card.total))


class Slots:
    """Gives out cards, so that what runs on one at a time fits into its memory.

    The first worker of a kind (an assignment) has a card to itself and is measured; after that a
    card holds as many as fit. Whoever asks to be alone waits until a card is empty, and it stays
    empty beside them. Before a slot is used again the card's memory is overwritten; a card where
    that fails is given to nobody any more.
    """

    def __init__(self, cards: Sequence[Card], meter: Meter, scrub: Scrub) -> None:
        self.cards, self.meter, self.scrub = list(cards), meter, scrub
        self.needs: dict[str, int] = {}
        self._used: Counter[str] = Counter()
        self._alone: set[str] = set()
        self._wanting = 0
        self._turn = 0
        self.retired = ""
        self._changed = threading.Condition()

    @contextmanager
    def lease(self, kind: str, *, alone: bool = False) -> Iterator[Lease]:
        """Yield a card to use, waiting for one; nothing of the user is left on it afterwards."""
        measures = self._begin(kind)
        alone = alone or measures
        card, slots = self._take(alone)
        try:
            if measures:
                with self.meter(card.name) as grown:
                    yield Lease(card.name, share_of(card, 1))
                self._learn(kind, grown())
            else:
                yield Lease(card.name, share_of(card, slots))
        finally:
            if measures:
                self._learn(kind, 0)
            try:
                self.scrub(card.name, self._left_to_others(card, slots))
            except GraderError as error:
                self._retire(card, str(error))
            finally:
                self._give_back(card)

    @property
    def capacity(self) -> int:
        """How many can run at a time, as far as is known by now."""
        return sum(slot_count(card, self._need()) for card in self.cards)

    def _need(self) -> int:
        return int(MARGIN * max(self.needs.values(), default=0)) + CONTEXT_BYTES

    def _begin(self, kind: str) -> bool:
        """Tell whether this is the first of its kind; others of it wait until it is measured."""
        with self._changed:
            if kind not in self.needs:
                self.needs[kind] = -1
                return True
            self._changed.wait_for(lambda: self.needs[kind] >= 0)
            return False

    def _learn(self, kind: str, need: int) -> None:
        with self._changed:
            self.needs[kind] = max(self.needs[kind], need)
            self._changed.notify_all()

    def _take(self, alone: bool) -> tuple[Card, int]:
        with self._changed:
            self._wanting += alone
            self._changed.wait_for(lambda: self._free(alone) or not self.cards)
            self._wanting -= alone
            if not self.cards:
                raise GraderFault(f"No graphics card is left to use: {self.retired}")
            card = self._free(alone)[0]
            self._used[card.name] += 1
            if alone:
                self._alone.add(card.name)
            self._turn = self.cards.index(card) + 1
            self._changed.notify_all()
            return card, 1 if alone else slot_count(card, self._need())

    def _free(self, alone: bool) -> list[Card]:
        """Return the cards with room, those least used first, and among them the next in turn."""
        if self._wanting and not alone:
            # Who must be alone would else wait for ever for an empty card.
            return []
        turn = [*self.cards[self._turn :], *self.cards[: self._turn]]
        free = [card for card in turn if card.name not in self._alone]
        room = [
            c for c in free if self._used[c.name] < (1 if alone else slot_count(c, self._need()))
        ]
        return sorted(room, key=lambda card: self._used[card.name])

    def _left_to_others(self, card: Card, slots: int) -> int:
        with self._changed:
            others = self._used[card.name] - 1
        return int(others * (share_of(card, slots) * card.total + CONTEXT_BYTES))

    def _retire(self, card: Card, why: str) -> None:
        """Use a card no more: what one submission has left there, the next could read."""
        with self._changed:
            self.cards = [other for other in self.cards if other.name != card.name]
            self._turn = 0
            self.retired = why

    def _give_back(self, card: Card) -> None:
        with self._changed:
            self._used[card.name] -= 1
            self._alone.discard(card.name)
            self._changed.notify_all()
