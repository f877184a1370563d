"""Slots on graphics cards that do not exist: how many, whose turn, who must be alone."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from grader.engine.slots import CONTEXT_BYTES, Card, Lease, Slots, share_of, slot_count
from grader.errors import GraderFault

GB = 1 << 30


@dataclass
class Machine:
    """Two cards of 80 GB, on which the first of each kind is measured to need `grows` bytes."""

    grows: int = 10 * GB
    scrubbed: list[tuple[str, int]] = field(default_factory=list)
    watched: list[str] = field(default_factory=list)
    cannot_scrub: bool = False

    @contextmanager
    def meter(self, card: str) -> Iterator[Callable[[], int]]:
        self.watched.append(card)
        yield lambda: self.grows

    def scrub(self, card: str, keep: int) -> None:
        if self.cannot_scrub:
            raise GraderFault("the driver is gone")
        self.scrubbed.append((card, keep))

    def slots(self, count: int = 2) -> Slots:
        cards = [Card(f"GPU-{n}", 80 * GB, 79 * GB) for n in range(count)]
        return Slots(cards, self.meter, self.scrub)


def held(
    slots: Slots, kind: str = "05_flow", **wish: Any
) -> tuple[threading.Event, threading.Event]:
    """Take a lease in a thread; returns what tells that it is there, and what ends it."""
    there, end = threading.Event(), threading.Event()

    def hold() -> None:
        with slots.lease(kind, **wish):
            there.set()
            end.wait(10)

    threading.Thread(target=hold, daemon=True).start()
    return there, end


@pytest.mark.parametrize(
    ("free", "need", "count"),
    [(80 * GB, 10 * GB, 7), (80 * GB, 0, 122), (8 * GB, 10 * GB, 1), (24 * GB, 10 * GB, 2)],
)
def test_as_many_as_fit(free: int, need: int, count: int) -> None:
    card = Card("GPU-0", 80 * GB, free)
    assert slot_count(card, need) == count
    # All of them together, each with its context, stay below what was free.
    together = count * (share_of(card, count) * card.total + CONTEXT_BYTES)
    assert together <= free or share_of(card, count) == 0.05


def test_the_first_of_a_kind_is_alone_and_measured() -> None:
    machine = Machine()
    slots = machine.slots()
    with slots.lease("05_flow") as first:
        assert first == Lease("GPU-0", pytest.approx(share_of(slots.cards[0], 1)))
        there, end = held(slots)
        assert not there.wait(0.1), "a second one of the kind before the first was measured"
    assert there.wait(5)
    end.set()
    assert machine.watched == ["GPU-0"]
    assert slots.needs == {"05_flow": 10 * GB}
    # 15 GB with the margin, and a context: four on each card.
    assert slots.capacity == 8


def test_nobody_runs_beside_a_measurement() -> None:
    slots = Machine().slots(1)
    with slots.lease("05_flow"):
        there, end = held(slots, "04_lora")
        assert not there.wait(0.1)
    assert there.wait(5)
    end.set()


def test_cards_are_taken_in_turn_and_capped() -> None:
    machine = Machine()
    slots = machine.slots()
    with slots.lease("05_flow"):
        pass
    with ExitStack() as stack:
        leases = [stack.enter_context(slots.lease("05_flow")) for _ in range(8)]
        assert [lease.card for lease in leases] == ["GPU-1", "GPU-0"] * 4
        assert all(lease.share == pytest.approx(share_of(slots.cards[0], 4)) for lease in leases)
        there, end = held(slots)
        assert not there.wait(0.1), "a ninth where eight fit"
        stack.pop_all().close()
        assert there.wait(5)
        end.set()


def test_alone_is_alone() -> None:
    slots = Machine().slots(1)
    with slots.lease("05_flow"):
        pass
    with slots.lease("05_flow"):
        lonely, end_lonely = held(slots, alone=True)
        assert not lonely.wait(0.1), "alone beside another"
        # Nobody overtakes: else whoever wants to be alone might wait for ever.
        other, end_other = held(slots)
        assert not other.wait(0.1)
    assert lonely.wait(5)
    assert not other.wait(0.1), "somebody beside who is alone"
    end_lonely.set()
    assert other.wait(5)
    end_other.set()


def test_a_card_is_overwritten_before_it_is_given_on() -> None:
    machine = Machine()
    slots = machine.slots(1)
    with slots.lease("05_flow"):
        pass
    assert machine.scrubbed == [("GPU-0", 0)]
    with slots.lease("05_flow"), slots.lease("05_flow"):
        pass
    (_, beside), (_, empty) = machine.scrubbed[1:]
    # What a neighbour may still take is left to it.
    share = share_of(slots.cards[0], 4) * 80 * GB + CONTEXT_BYTES
    assert beside == pytest.approx(share, rel=1e-6)
    assert empty == 0


def test_a_card_that_cannot_be_overwritten_is_used_no_more() -> None:
    machine = Machine(cannot_scrub=True)
    slots = machine.slots(2)
    for _ in range(2):
        with slots.lease("05_flow"):
            pass
    with pytest.raises(GraderFault, match=r"No graphics card is left.*the driver is gone"):
        slots.lease("05_flow").__enter__()


def test_a_first_one_that_breaks_does_not_hold_up_the_others() -> None:
    slots = Machine().slots(1)
    with pytest.raises(ValueError, match="broken"), slots.lease("05_flow"):
        raise ValueError("broken")
    start = time.monotonic()
    with slots.lease("05_flow"):
        assert time.monotonic() - start < 5
