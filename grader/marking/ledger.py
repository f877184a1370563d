"""From events, in whatever order they arrive, to what stands: the same book for everybody."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from grader.marking.events import Entry, Event, Given, Kind, Register, points

ZERO = Fraction(0)


class State(StrEnum):
    """Where an answer stands: nothing, begun, done, marked differently by two, or changed since."""

    open = "open"
    begun = "begun"
    done = "done"
    conflict = "conflict"
    changed = "changed"


@dataclass(frozen=True)
class Part:
    """Something that is marked: a question, an exercise or a whole hand-in of an assignment."""

    assignment: str
    name: str

    def of(self, submission: str) -> Register:
        """Return the register of a submission's mark."""
        return Register(Kind.mark, self.assignment, self.name, submission)

    def holds(self, register: Register) -> bool:
        """Tell whether a register is one of this part."""
        return (register.assignment, register.part) == (self.assignment, self.name)


@dataclass(frozen=True)
class Standing:
    """What is known of one answer; `given` and `points` are None unless one mark stands."""

    state: State
    given: Given | None
    points: Fraction | None
    heads: tuple[Event, ...]
    comment: str = ""

    @property
    def flagged(self) -> bool:
        """Tell whether somebody wants a colleague to look."""
        return any(event.given is not None and event.given.flag for event in self.heads)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what was noted for colleagues."""
        return tuple(e.given.note for e in self.heads if e.given is not None and e.given.note)


class Ledger:
    """A set of events. Adding is idempotent, and its order does not matter."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.events: dict[str, Event] = {}
        self.tick = 0
        self._of: dict[Register, dict[str, Event]] = defaultdict(dict)
        self._undone: set[str] = set()
        self._heads: dict[Register, tuple[Event, ...]] = {}
        self._entries: dict[tuple[Kind, Part], set[Register]] = defaultdict(set)
        self._read: dict[tuple[Kind, Part], dict[str, Entry]] = {}
        for event in events:
            self.add(event)

    def add(self, event: Event) -> None:
        """Take an event in; one that is known changes nothing."""
        name, register = event.id, event.register
        if name in self.events:
            return
        self.events[name] = event
        self.tick = max(self.tick, event.tick)
        self._of[register][name] = event
        self._undone.update(event.undoes)
        self._heads.pop(register, None)
        if register.kind is not Kind.mark:
            part = Part(register.assignment, register.part)
            self._entries[register.kind, part].add(register)
            self._read.clear()

    def heads(self, register: Register) -> tuple[Event, ...]:
        """Return the events of a register that no other takes the place of, in order."""
        if register not in self._of:
            return ()
        if register not in self._heads:
            live = {e.id: e for e in self.history(register) if self.is_live(e)}
            replaced = {name for event in live.values() for name in event.replaces}
            left = tuple(event for name, event in live.items() if name not in replaced)
            self._heads[register] = left
        return self._heads[register]

    def is_live(self, event: Event) -> bool:
        """Tell whether an event brings something, and nobody has undone it."""
        return not event.undoes and event.id not in self._undone

    def last_batch(self, marker: str, part: Part) -> list[Event]:
        """Return the events of the last act of a marker on a part that is not undone."""
        own = [
            event
            for event in self.events.values()
            if event.marker == marker and self.is_live(event) and part.holds(event.register)
        ]
        last = max(own, key=lambda event: event.place, default=None)
        return [event for event in own if last is not None and event.batch == last.batch]

    def history(self, register: Register) -> list[Event]:
        """Return everything that happened to a register, in order."""
        return sorted(self._of.get(register, {}).values(), key=lambda event: event.place)

    def entries(self, kind: Kind, part: Part) -> dict[str, Entry]:
        """Return the rubric items or comments of a part by id, in the order they were made."""
        if (kind, part) not in self._read:
            self._read[kind, part] = self._standing_entries(kind, part)
        return self._read[kind, part]

    def _standing_entries(self, kind: Kind, part: Part) -> dict[str, Entry]:
        registers = self._entries.get((kind, part), set())
        first = {r: min(event.tick for event in self._of[r].values()) for r in registers}
        found = {}
        for register in sorted(registers, key=lambda r: (first[r], r.subject)):
            heads = self.heads(register)
            entry = heads[-1].entry if heads else None
            if entry is not None and not entry.removed:
                found[register.subject] = entry
        return found

    def is_apart(self, part: Part, submission: str) -> bool:
        """Tell whether an answer is marked on its own, though others are equal."""
        heads = self.heads(Register(Kind.apart, part.assignment, part.name, submission))
        return bool(heads) and heads[-1].entry is not None

    def worth(self, part: Part, given: Given, most: Fraction) -> Fraction:
        """Return the points of a mark as its items are priced now, from 0 to the maximum."""
        items = self.entries(Kind.item, part)
        earned = sum((points(items[i].points) for i in given.items if i in items), ZERO)
        return min(max(earned + points(given.adjustment), ZERO), most)

    def standing(self, part: Part, submission: str, answer: str, most: Fraction) -> Standing:
        """Return what stands for an answer with this digest.

        A mark for another text does not count; nor do two that differ, until somebody decides.
        """
        heads = self.heads(part.of(submission))
        known = [event.given for event in heads if event.given is not None]
        done = [given for given in known if given.done]
        if not done:
            begun = any(given != Given(answer=given.answer, most=given.most) for given in known)
            return Standing(State.begun if begun else State.open, None, None, heads)
        if any(given.answer != answer for given in done):
            return Standing(State.changed, None, None, heads)
        if len({self._essence(part, given, most) for given in done}) > 1:
            return Standing(State.conflict, None, None, heads)
        comment = "\n\n".join(dict.fromkeys(given.comment for given in done if given.comment))
        given = done[-1]
        return Standing(State.done, given, self.worth(part, given, most), heads, comment)

    def independent(self, register: Register) -> dict[str, Given]:
        """Return by marker the last finished mark that was given without seeing another's."""
        found: dict[str, Given] = {}
        if register not in self._of:
            return found
        for event in self.history(register):
            given = event.given
            if given is not None and given.done and self.is_live(event) and self._is_own(event):
                found[event.marker] = given
        return found

    def registers(self) -> Iterator[Register]:
        """Yield everything that was ever marked."""
        yield from (register for register in self._of if register.kind is Kind.mark)

    def _essence(self, part: Part, given: Given, most: Fraction) -> tuple[object, ...]:
        items = self.entries(Kind.item, part)
        return self.worth(part, given, most), tuple(sorted(i for i in given.items if i in items))

    def _is_own(self, event: Event) -> bool:
        todo, seen = list(event.replaces), set[str]()
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            earlier = self.events.get(name)
            if earlier is None or earlier.marker != event.marker:
                return False
            todo += earlier.replaces
        return True
