"""What markers do, as events whose name follows from their content, so that no copy can differ."""

import hashlib
from enum import StrEnum
from fractions import Fraction

import msgspec
from msgspec import Struct

from grader.errors import UsageError

MAX_TEXT = 20_000


class Kind(StrEnum):
    """What an event is about: a mark, a rubric item, a reusable comment, or a group of answers."""

    mark = "mark"
    item = "item"
    comment = "comment"
    apart = "apart"


class Given(Struct, frozen=True, omit_defaults=True):
    """A mark: rubric items by id, and points on top as a fraction in text.

    It counts once it is `done`. `answer` is the digest of what was marked, `most` the maximum
    where the gradebook has none. `note` is for colleagues, `comment` for the student.
    """

    items: tuple[str, ...] = ()
    adjustment: str = "0"
    comment: str = ""
    flag: bool = False
    note: str = ""
    done: bool = False
    answer: str = ""
    most: str = ""


class Entry(Struct, frozen=True, omit_defaults=True):
    """A rubric item or a reusable comment; items have points, as a fraction in text."""

    text: str = ""
    points: str = "0"
    removed: bool = False


class Register(Struct, frozen=True, order=True):
    """What an event sets: `subject` is a submission, or the id of a rubric item or a comment.

    `part` is "question:NAME", "exercise:NAME", or "hand_in" for one that was refused.
    """

    kind: Kind
    assignment: str
    part: str
    subject: str


class Event(Struct, frozen=True, omit_defaults=True):
    """One change: who, when (UTC), and what is there now.

    `replaces` names what was there before; what it does not name, its author has not seen. An event
    that `undoes` others brings nothing else. `tick` is larger than that of every event known then;
    all events of one `batch` were made by one act.
    """

    tick: int
    at: str
    marker: str
    register: Register
    given: Given | None = None
    entry: Entry | None = None
    replaces: tuple[str, ...] = ()
    batch: str = ""
    undoes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Return the digest of everything in the event."""
        return hashlib.blake2b(msgspec.json.encode(self), digest_size=16).hexdigest()

    @property
    def place(self) -> tuple[int, str]:
        """Return what events are ordered by: the same everywhere, and causes before effects."""
        return self.tick, self.id


def to_line(event: Event) -> str:
    """Return an event as one line of a journal."""
    return msgspec.json.encode(event).decode() + "\n"


def read_journal(where: object, data: bytes) -> list[Event]:
    """Return the events of a journal; a last line that broke off is left out.

    Raises `UsageError` for anything that is not one.
    """
    whole = data[: data.rfind(b"\n") + 1]
    return [_event(where, number, line) for number, line in enumerate(whole.splitlines(), 1)]


def _event(where: object, number: int, line: bytes) -> Event:
    try:
        event = msgspec.json.decode(line, type=Event)
        check(event)
    except (ValueError, ZeroDivisionError) as error:
        raise UsageError(
            f"{where} is no journal of marks: line {number} cannot be read ({error}). Nothing was "
            "merged. Ask for the file once more."
        ) from error
    return event


def check(event: Event) -> None:
    """Raise `ValueError` for an event that nobody can have made on a marking screen."""
    given, entry = event.given or Given(), event.entry or Entry()
    texts = (given.comment, given.note, entry.text, event.register.subject, event.marker)
    if max(map(len, texts)) > MAX_TEXT:
        raise ValueError(f"a text is longer than {MAX_TEXT:,} characters")
    for number in (given.adjustment, entry.points, given.most or "0"):
        points(number)


def points(text: str) -> Fraction:
    """Return points from text such as `-0.5` or `1/3`; raises `ValueError` for anything else."""
    if len(text) > 20 or "e" in text.lower():
        raise ValueError(f"{text[:20]!r} is not a number of points")
    number = Fraction(text.strip().replace(",", "."))
    if abs(number) > 1_000_000:
        raise ValueError(f"{text!r} is not a number of points")
    return number
