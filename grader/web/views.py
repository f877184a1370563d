"""The pages of the screen as data for their templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from grader.marking.events import Event, Given, Kind, points
from grader.marking.ledger import Standing, State
from grader.reports.marking import markdown_html, whole_page
from grader.reports.text import decimal, prose, shorten
from grader.web.content import Contents
from grader.web.room import WORDS, Room, Topic, Unit, Work, worst

FOLDER = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Past:
    """One line of an answer's history."""

    at: str
    marker: str
    text: str


@dataclass(frozen=True)
class Row:
    """One unit in a list."""

    unit: Unit
    standing: Standing
    state: str
    markers: tuple[str, ...]


class Views:
    """Draws pages for one marker at a time."""

    def __init__(self, room: Room) -> None:
        self.room, self.contents = room, Contents(room)

    def overview(self, marker: str, key: str) -> str:
        """Return the page on which one chooses what to mark."""
        topics = self.room.topics()
        rows = [(topic, self.room.progress(topic, marker)) for topic in topics]
        questions = [topic for topic in topics if topic.kind == "question"]
        by_topic = [(topic, self.room.agreement([topic])) for topic in questions]
        return draw(
            "overview",
            marker=marker,
            key=key,
            rows=rows,
            agreements=[pair for pair in by_topic if pair[1].answers],
            agreement=self.room.agreement(questions),
            course=self.room.course,
        )

    def listing(self, topic: Topic, marker: str, key: str, show: str) -> str:
        """Return the list of a topic's answers; `show` leaves only those of one kind."""
        units = self.room.units(topic, marker)
        rows = [self._row(topic, unit, marker) for unit in units]
        progress = self.room.progress(topic, marker)
        wanted = [
            row
            for row in rows
            if show in {"", row.state} or (show == "flagged" and row.standing.flagged)
        ]
        are_named = not self.room.course.blind or progress.done == progress.total
        return draw(
            "list", marker=marker, key=key, topic=topic, rows=wanted, show=show, words=WORDS,
            progress=progress, are_named=are_named, course=self.room.course,
        )  # fmt: skip

    def unit_at(self, topic: Topic, marker: str, at: str) -> tuple[list[Unit], int]:
        """Return all units, and which one holds an answer: the first that is due without one."""
        units = self.room.units(topic, marker)
        for number, unit in enumerate(units):
            if at and any(work.name == at for work in unit.works):
                return units, number
        return units, self.due_after(topic, units, -1, marker) or 0

    def due_after(
        self, topic: Topic, units: Sequence[Unit], number: int, marker: str
    ) -> int | None:
        """Return the next unit in which this marker has something to do, going round."""
        order = [*range(number + 1, len(units)), *range(max(number, 0))]
        return next((n for n in order if self.room.is_due(topic, units[n], marker)), None)

    def answer(self, topic: Topic, marker: str, key: str, at: str, look: str) -> str:
        """Return the page on which an answer, or a group of equal ones, is marked."""
        room = self.room
        units, number = self.unit_at(topic, marker, at)
        unit = units[number]
        shown = next((work for work in unit.works if work.name == look), unit.works[0])
        seen = {work.name: room.seen(topic, work, marker) for work in unit.works}
        due = self.due_after(topic, units, number, marker)
        given = prefilled(list(seen.values()), marker)
        items = room.ledger.entries(Kind.item, topic.part)
        states = [standing.state for standing in seen.values()]
        conflict = next((s for s in seen.values() if s.state is State.conflict), None)
        return draw(
            "answer",
            marker=marker,
            key=key,
            topic=topic,
            unit=unit,
            number=number,
            units=units,
            shown=shown,
            previous=units[number - 1].name if number else "",
            following=units[number + 1].name if number + 1 < len(units) else "",
            due=units[due].name if due is not None else "",
            content=self.contents.of(topic, shown),
            given=given,
            items=items,
            comments=room.ledger.entries(Kind.comment, topic.part),
            worth=room.ledger.worth(topic.part, given, shown.most),
            heads=msgspec.json.encode(heads_of(seen)).decode(),
            state=worst(states),
            is_even=len({s.given for s in seen.values()}) == 1,
            words=WORDS,
            conflict=self._marks(topic, shown, conflict) if conflict else (),
            hidden=any(room.is_hidden(topic, work, marker) for work in unit.works),
            notes=tuple(note for standing in seen.values() for note in standing.notes),
            history=self._history(topic, shown, marker),
            model=room.notes(topic, "answer"),
            progress=room.progress(topic, marker),
            course=room.course,
        )

    def prefetch(self, topic: Topic, marker: str, at: str) -> None:
        """Draw what this marker will most likely ask for next."""
        with self.room.lock:
            units, number = self.unit_at(topic, marker, at)
            due = self.due_after(topic, units, number, marker)
        if due is not None:
            self.contents.of(topic, units[due].works[0])

    def _row(self, topic: Topic, unit: Unit, marker: str) -> Row:
        standings = [self.room.seen(topic, work, marker) for work in unit.works]
        state = worst([standing.state for standing in standings])
        markers = {event.marker for s in standings for event in s.heads if event.given}
        first = next(s for s in standings if s.state == state)
        return Row(unit, first, state.value, tuple(sorted(markers)))

    def _marks(self, topic: Topic, work: Work, standing: Standing) -> tuple[tuple[Event, Any], ...]:
        ledger = self.room.ledger
        return tuple(
            (event, ledger.worth(topic.part, event.given, work.most))
            for event in standing.heads
            if event.given is not None and event.given.done
        )

    def _history(self, topic: Topic, work: Work, marker: str) -> list[Past]:
        """Return what happened to an answer, the last first, without what was only on the way."""
        ledger, hidden = self.room.ledger, self.room.is_hidden(topic, work, marker)
        events = ledger.history(topic.part.of(work.submission))
        passed = {name for event in events if not event.undoes for name in event.replaces}
        return [
            Past(event.at[:19].replace("T", " "), event.marker, self._told(topic, work, event))
            for event in reversed(events)
            if not (hidden and event.marker != marker)
            and not (event.given is not None and not event.given.done and event.id in passed)
        ]

    def _told(self, topic: Topic, work: Work, event: Event) -> str:
        if event.undoes or event.given is None:
            return "took back a change"
        worth = decimal(self.room.ledger.worth(topic.part, event.given, work.most))
        text = f"{worth} points, {'finished' if event.given.done else 'not finished'}"
        text += "" if self.room.ledger.is_live(event) else " (taken back)"
        return text + (f": {event.given.comment}" if event.given.comment else "")


def prefilled(standings: Sequence[Standing], marker: str) -> Given:
    """Return what the form shows: the marker's own mark if there is one, or what stands."""
    given = [
        (event.marker == marker, event.given)
        for standing in standings
        for event in standing.heads
        if event.given is not None
    ]
    own = [each for is_own, each in given if is_own]
    return (own or [each for _, each in given] or [Given()])[-1]


def heads_of(standings: Mapping[str, Standing]) -> dict[str, list[str]]:
    """Return by answer the events that its page has shown."""
    return {name: [event.id for event in s.heads] for name, s in standings.items()}


def draw(template: str, **words: object) -> str:
    """Return a page of the screen."""
    return whole_page(_templates().get_template(f"{template}.html.j2").render(words))


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "decimal": decimal,
        "markdown": markdown_html,
        "prose": prose,
        "shorten": shorten,
        "points": lambda text: decimal(points(text)),
    }
    icons = (
        Path(markdown_html.__code__.co_filename).parent / "templates" / "icons.svg"
    ).read_text()
    environment.globals["icons"] = Markup(icons)  # noqa: S704
    return environment
