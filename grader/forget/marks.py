"""Marks by hand without somebody: events are named by their content, so all follow."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.forget.names import Scrub
from grader.forget.plan import BOOK, Plan
from grader.marking.events import Event, read_journal, to_line
from grader.marking.given import digest_of
from grader.results import write_whole
from grader.store.gradebook import Gradebook
from grader.store.removal import Key

JOURNALS = "marks"


def rewrite_marks(out: Path, gone: frozenset[Key], plan: Plan, scrub: Scrub) -> None:
    """Take hand-ins and names out of the marks: in the gradebook and in the markers' journals."""
    journals = journals_of(out)
    with Gradebook(out / BOOK) as book:
        _, events = book.marks.events()
        every = {e.id: e for e in (*events, *(e for own in journals.values() for e in own))}
        kept = [e for e in every.values() if _key_of(e) not in gone]
        answers = _answers(book, plan, scrub)
        new = rewritten(kept, lambda event: _without(event, plan, scrub, answers))
        if new != every:
            book.marks.replace_all(new[e.id] for e in events if e.id in new)
    for file, own in journals.items():
        lines = "".join(to_line(new[event.id]) for event in own if event.id in new)
        write_whole(file, lines)


def journals_of(out: Path) -> dict[Path, list[Event]]:
    """Return the journals of markers; what cannot be read as one is a file like any other."""
    found = {}
    for file in sorted((out / JOURNALS).glob("*.jsonl")):
        with suppress(UsageError):
            found[file] = read_journal(file, file.read_bytes())
    return found


def _key_of(event: Event) -> Key:
    return event.register.assignment, event.register.subject


def _answers(book: Gradebook, plan: Plan, scrub: Scrub) -> dict[str, str]:
    """Return what marks say they are for, before and after: answers and hand-ins as digests."""
    found = {}
    for grade, _ in plan.shared:
        for question in grade.questions:
            found[digest_of(question.text)] = digest_of(scrub.text(question.text))
        hand_in = book.kept.hand_in(grade.digest)
        if hand_in is not None:
            found[grade.digest] = scrub.hand_in(hand_in).digest
    return found


def _without(event: Event, plan: Plan, scrub: Scrub, answers: dict[str, str]) -> Event:
    key = _key_of(event)
    register = msgspec.structs.replace(event.register, subject=plan.renamed.get(key, key)[1])
    changes: dict[str, object] = {"register": register}
    if event.given is not None:
        changes["given"] = msgspec.structs.replace(
            event.given,
            comment=scrub.text(event.given.comment),
            note=scrub.text(event.given.note),
            answer=answers.get(event.given.answer, event.given.answer),
        )
    if event.entry is not None:
        text = scrub.text(event.entry.text)
        changes["entry"] = msgspec.structs.replace(event.entry, text=text)
    return msgspec.structs.replace(event, **changes)


def rewritten(events: Iterable[Event], change: Callable[[Event], Event]) -> dict[str, Event]:
    """Return events after a change, by their old ids; others that they name have new ones, too."""
    new: dict[str, Event] = {}
    for event in sorted(events, key=lambda event: event.place):
        changed = change(event)
        named = {
            field: tuple(new[old].id for old in getattr(changed, field) if old in new)
            for field in ("replaces", "undoes")
        }
        new[event.id] = msgspec.structs.replace(changed, **named)
    return new
