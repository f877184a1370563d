"""The log of regrades: who changed which grades, why, and what they were before."""

import json
from dataclasses import dataclass
from typing import Any

from grader.store.database import Database

OF = "assignment = ? AND submission = ?"
# The tables of a grade that a regrade may change; answers and their marks are none of them.
CHILDREN = ("exercises", "checks", "incidents")

Key = tuple[str, str]
# By table, the rows of one grade with every column they have.
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Entry:
    """One regrade that was applied. Times are UTC; `undone_at` is empty while it stands."""

    id: int
    applied_at: str
    who: str
    reason: str
    never_lower: bool
    undone_at: str


@dataclass(frozen=True)
class Regraded:
    """One submission of a regrade, with all rows of its grade before and after."""

    before: Rows
    after: Rows

    @property
    def key(self) -> Key:
        """Return the assignment and the submission after the regrade."""
        return key_of(self.after)


class Regrades:
    """One part of the gradebook; to be used within its transactions."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, who: str, reason: str, *, never_lower: bool) -> int:
        """Write the head of a new entry and return its number."""
        row = {"who": who, "reason": reason, "never_lower": never_lower}
        self._db.insert("regrades", row)
        return int(self._db.ask("SELECT max(id) FROM regrades")[0][0])

    def add(self, number: int, change: Regraded) -> None:
        """Write what became of one submission; its page is out of date from now on."""
        assignment, submission = change.key
        row = {"regrade": number, "assignment": assignment, "submission": submission}
        texts = {"before": json.dumps(change.before), "after": json.dumps(change.after)}
        self._db.insert("regraded", row | texts)

    def entries(self) -> list[Entry]:
        """Return the whole log, the oldest entry first."""
        names = "id, applied_at, who, reason, never_lower, undone_at"
        rows = self._db.table(f"SELECT {names} FROM regrades ORDER BY id")
        return [Entry(**row | {"never_lower": bool(row["never_lower"])}) for row in rows]

    def changes(self, number: int) -> list[Regraded]:
        """Return the submissions of an entry, by name."""
        order = "ORDER BY assignment, submission"
        query = f"SELECT before, after FROM regraded WHERE regrade = ? {order}"
        rows = self._db.ask(query, (number,))
        return [Regraded(json.loads(before), json.loads(after)) for before, after in rows]

    def rows(self, key: Key) -> Rows:
        """Return everything that a regrade may change of a grade, exactly as it is stored."""
        grade = self._db.table(f"SELECT * FROM grades WHERE {OF}", key)
        children = {
            table: self._db.table(f"SELECT * FROM {table} WHERE {OF} ORDER BY position", key)
            for table in CHILDREN
        }
        return {"grades": grade, **children}

    def undo(self, number: int) -> list[Key]:
        """Put back the rows from before an entry; returns the submissions that stay as they are.

        Those are the ones that have been graded anew since.
        """
        kept = []
        for change in self.changes(number):
            if self.rows(change.key) == change.after:
                self._put_back(change)
            else:
                kept.append(change.key)
        self._db.do("UPDATE regrades SET undone_at = CURRENT_TIMESTAMP WHERE id = ?", (number,))
        self._db.do("UPDATE regraded SET published = 0 WHERE regrade = ?", (number,))
        return kept

    def unpublished(self) -> list[Key]:
        """Return the submissions whose page is older than their grade, because of a regrade."""
        rows = self._db.ask("SELECT after, before FROM regraded WHERE NOT published")
        keys = {key_of(json.loads(text)) for row in rows for text in row}
        return sorted(keys)

    def published(self) -> None:
        """Note that every page is up to date."""
        self._db.do("UPDATE regraded SET published = 1 WHERE NOT published")

    def _put_back(self, change: Regraded) -> None:
        key, before = change.key, key_of(change.before)
        if before != key:
            self._db.do(f"DELETE FROM grades WHERE {OF}", key)
            self._db.insert("grades", change.before["grades"][0])
        else:
            row = change.before["grades"][0]
            changes = ", ".join(f'"{name}" = ?' for name in row)
            self._db.do(f"UPDATE grades SET {changes} WHERE {OF}", (*row.values(), *key))
        for table in CHILDREN:
            self._db.do(f"DELETE FROM {table} WHERE {OF}", before)
            for row in change.before[table]:
                self._db.insert(table, row)


def key_of(rows: Rows) -> Key:
    """Return the assignment and submission that stored rows belong to."""
    grade = rows["grades"][0]
    return grade["assignment"], grade["submission"]
