"""What a page of the screen may change, each in one transaction; sent twice it happens once."""

import hashlib
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from grader.marking.events import Entry, Event, Given, Kind, Register, check
from grader.reports.text import decimal
from grader.web.journal import Journal
from grader.web.room import WORDS, Room, Topic, Work, worst


class Unusable(Exception):
    """A change that cannot be made; the sentence is for the marker."""


class Save(Struct, forbid_unknown_fields=True):
    """A mark for some answers; `seen` tells by answer which events the page has shown."""

    assignment: str
    part: str
    answers: list[str]
    seen: dict[str, list[str]]
    given: Given
    batch: str


class Edit(Struct, forbid_unknown_fields=True):
    """A rubric item or a reusable comment; an empty `id` makes a new one."""

    assignment: str
    part: str
    kind: Literal["item", "comment"]
    id: str
    text: str
    points: str
    removed: bool
    batch: str


class Split(Struct, forbid_unknown_fields=True):
    """Take an answer out of its group of equal ones, or put it back."""

    assignment: str
    part: str
    answer: str
    apart: bool
    batch: str


class Undo(Struct, forbid_unknown_fields=True):
    """Take back the last act of this marker on a part."""

    assignment: str
    part: str
    batch: str


Change = Save | Edit | Split | Undo
Answer = dict[str, object]


class Changes:
    """Makes changes for markers: into the gradebook first, then into the marker's own file."""

    def __init__(self, room: Room, out: Path) -> None:
        self.room, self.out = room, out
        self._journals: dict[str, Journal] = {}

    def make(self, marker: str, change: Change) -> Answer:
        """Make a change and say what stands now; raises `Unusable` for one that makes no sense."""
        with self.room.lock:
            self.room.catch_up()
            topic = self.room.topic(change.assignment, change.part)
            if topic is None:
                raise Unusable("This is not in the gradebook any more. Load the page again.")
            if not self.room.book.marks.has_batch(change.batch):
                self._write(marker, self._events(marker, topic, change))
            return self._answer(marker, topic, change)

    def _events(self, marker: str, topic: Topic, change: Change) -> list[Event]:
        if isinstance(change, Save):
            return self._save(marker, topic, change)
        if isinstance(change, Undo):
            return self._undo(marker, topic, change)
        part = topic.part
        if isinstance(change, Split):
            (work,) = self._works(topic, [change.answer])
            register = Register(Kind.apart, part.assignment, part.name, work.submission)
            entry = Entry() if change.apart else None
        else:
            name = change.id or "x" + hashlib.blake2b(change.batch.encode()).hexdigest()[:12]
            register = Register(Kind(change.kind), part.assignment, part.name, name)
            if not change.text.strip() and not change.removed:
                raise Unusable("Write a text for it first.")
            entry = Entry(change.text.strip(), change.points.strip() or "0", change.removed)
        return [self._event(marker, register, change.batch, entry=entry)]

    def _save(self, marker: str, topic: Topic, change: Save) -> list[Event]:
        most = str(topic.most) if topic.kind == "hand_in" else ""
        given = msgspec.structs.replace(change.given, most=most)
        if topic.kind != "question" and given.done and not given.comment.strip():
            raise Unusable("Write the reason into the comment first: the student reads it.")
        events = []
        for work in self._works(topic, change.answers):
            register = topic.part.of(work.submission)
            event = self._event(marker, register, change.batch, given=given)
            known = {e.id for e in self.room.ledger.history(register)}
            seen = known & set(change.seen.get(work.name, ()))
            replaces = tuple(sorted(seen | set(event.replaces)))
            events.append(msgspec.structs.replace(event, replaces=replaces))
        return events

    def _undo(self, marker: str, topic: Topic, change: Undo) -> list[Event]:
        last: dict[Register, list[str]] = {}
        for event in self.room.ledger.last_batch(marker, topic.part):
            last.setdefault(event.register, []).append(event.id)
        return [
            self._event(marker, register, change.batch, undoes=tuple(sorted(names)))
            for register, names in last.items()
        ]

    def _event(
        self,
        marker: str,
        register: Register,
        batch: str,
        *,
        given: Given | None = None,
        entry: Entry | None = None,
        undoes: tuple[str, ...] = (),
    ) -> Event:
        """Return a new event that replaces all that this marker has said before."""
        ledger, now = self.room.ledger, datetime.now(UTC).isoformat(timespec="milliseconds")
        heads = ledger.heads(register)
        own = [e.id for e in heads if e.marker == marker or register.kind is not Kind.mark]
        replaces = () if undoes else tuple(sorted(own))
        return Event(ledger.tick + 1, now, marker, register, given, entry, replaces, batch, undoes)

    def _write(self, marker: str, events: list[Event]) -> None:
        try:
            for event in events:
                check(event)
        except (ValueError, ZeroDivisionError) as error:
            raise Unusable(f"Not saved: {error}.") from error
        # Opened first: a new journal is filled up from the book.
        journal = self._journal(marker)
        self.room.book.marks.add(events)
        journal.append(events)
        self.room.catch_up()

    def _journal(self, marker: str) -> Journal:
        if marker not in self._journals:
            self._journals[marker] = Journal(self.out, marker, self.room.book.marks)
        return self._journals[marker]

    def _works(self, topic: Topic, names: list[str]) -> list[Work]:
        works = {work.name: work for work in self.room.works(topic)}
        if not names or not set(names) <= set(works):
            raise Unusable("An answer is not in the gradebook any more. Load the page again.")
        return [works[name] for name in dict.fromkeys(names)]

    def _answer(self, marker: str, topic: Topic, change: Change) -> Answer:
        progress = asdict(self.room.progress(topic, marker))
        answer: Answer = {"progress": progress, "batch": change.batch}
        if isinstance(change, Save):
            works = self._works(topic, change.answers)
            seen = {work.name: self.room.seen(topic, work, marker) for work in works}
            worth = self.room.ledger.worth(topic.part, change.given, works[0].most)
            state = worst([standing.state for standing in seen.values()])
            word = {"state": state.value, "word": WORDS[state]}
            return answer | word | {"points": decimal(worth)}
        if isinstance(change, Undo):
            undone = [e for e in self.room.ledger.events.values() if e.batch == change.batch]
            names = {work.submission: work.name for work in self.room.works(topic)}
            at = [names[e.register.subject] for e in undone if e.register.subject in names]
            return answer | {"undone": len(undone), "at": at[0] if at else ""}
        return answer
