"""Marks by hand: the events of markers, and what is there to be marked."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import msgspec

from grader.marking.events import Event
from grader.store.database import Database

# Assignment, title, name, and the maximum.
Named = tuple[str, str, str, Fraction]


@dataclass(frozen=True)
class Answer:
    """One text to be marked, and its maximum."""

    submission: str
    text: str
    status: str
    most: Fraction


class Marks:
    """One part of the gradebook; the threads of a server may use it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @property
    def seed(self) -> str:
        """Return what orders and pseudonyms follow from; copies of the gradebook share it."""
        return str(self._db.ask("SELECT seed FROM mark_seed")[0][0])

    def add(self, events: Iterable[Event]) -> None:
        """Write events, all or none; those that are known already change nothing."""
        rows = [(e.id, e.batch, msgspec.json.encode(e).decode()) for e in events]
        with self._db.transaction():
            for row in rows:
                self._db.do(
                    "INSERT OR IGNORE INTO mark_events (id, batch, body) VALUES (?, ?, ?)", row
                )

    def replace_all(self, events: Iterable[Event]) -> None:
        """Write the whole journal anew, as forgetting somebody needs it."""
        with self._db.transaction():
            self._db.do("DELETE FROM mark_events")
            self.add(events)

    def events(self, after: int = 0) -> tuple[int, list[Event]]:
        """Return the events written after a number, and the number of the last one."""
        query = "SELECT number, body FROM mark_events WHERE number > ? ORDER BY number"
        rows = self._db.ask(query, (after,))
        events = [msgspec.json.decode(body, type=Event) for _, body in rows]
        return (rows[-1][0] if rows else after), events

    def has_batch(self, batch: str) -> bool:
        """Tell whether a change has been written already."""
        return bool(self._db.ask("SELECT 1 FROM mark_events WHERE batch = ? LIMIT 1", (batch,)))

    def answers(self, assignment: str, question: str) -> list[Answer]:
        """Return what was handed in under a question, by name of the submission."""
        query = (
            "SELECT submission, text, status, max_points FROM questions"
            " WHERE assignment = ? AND name = ? ORDER BY submission"
        )
        rows = self._db.ask(query, (assignment, question))
        return [Answer(name, text, status, Fraction(most)) for name, text, status, most in rows]

    def questions(self) -> list[Named]:
        """Return the questions of all assignments in the book, in order."""
        return self._named("questions", "TRUE")

    def waiting_exercises(self) -> list[Named]:
        """Return the exercises that wait for a person in some hand-in."""
        return self._named("exercises", "pending")

    def undecided(self, assignment: str, exercise: str) -> list[tuple[str, str]]:
        """Return submissions whose exercise waits for a person, each with its hand-in's digest."""
        query = (
            "SELECT g.submission, g.digest FROM exercises e JOIN grades g USING (assignment,"
            " submission) WHERE e.assignment = ? AND e.name = ? AND e.pending ORDER BY g.submission"
        )
        return [(name, digest) for name, digest in self._db.ask(query, (assignment, exercise))]

    def refused(self, assignment: str) -> list[tuple[str, str]]:
        """Return submissions that could not be graded, each with its hand-in's digest."""
        query = (
            "SELECT submission, digest FROM grades WHERE assignment = ? AND refused != ''"
            " ORDER BY submission"
        )
        return [(name, digest) for name, digest in self._db.ask(query, (assignment,))]

    def refused_in(self) -> list[str]:
        """Return the assignments of which something could not be graded."""
        query = "SELECT DISTINCT assignment FROM grades WHERE refused != '' ORDER BY assignment"
        return [name for (name,) in self._db.ask(query)]

    def version(self) -> int:
        """Return a number that changes when another process has written to the file."""
        return int(self._db.ask("PRAGMA data_version")[0][0])

    def shown(self) -> dict[tuple[str, str], str]:
        """Return by submission which marks its page tells, as a digest."""
        rows = self._db.ask("SELECT assignment, submission, shown FROM mark_pages")
        return {(assignment, submission): shown for assignment, submission, shown in rows}

    def note_shown(self, key: tuple[str, str], shown: str) -> None:
        """Note which marks the page of a submission tells now."""
        self._db.do("INSERT OR REPLACE INTO mark_pages VALUES (?, ?, ?)", (*key, shown))

    def _named(self, table: str, where: str) -> list[Named]:
        query = (
            f"SELECT DISTINCT assignment, name, title, max_points FROM {table} WHERE {where}"
            " ORDER BY assignment, position"
        )
        found: dict[tuple[str, str], Named] = {}
        for assignment, name, title, most in self._db.ask(query):
            known = found.setdefault((assignment, name), (assignment, title, name, Fraction(most)))
            found[assignment, name] = (*known[:3], max(known[3], Fraction(most)))
        return list(found.values())
