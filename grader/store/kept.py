"""Hand-ins, what their cells showed and what checks found, kept so that nothing is done twice."""

import zlib
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeVar

import msgspec

from grader.model import ExerciseResults, HandIn, NotebookRun
from grader.store.database import Database

Kind = TypeVar("Kind", HandIn, NotebookRun, ExerciseResults)
# Pictures hardly shrink, and a class of notebooks is written while it is graded.
LEVEL = 1

# Assignment, submission, and the digest of what the hand-in takes part with.
Owner = tuple[str, str, str]


class TimedCell(msgspec.Struct, frozen=True):
    """How long one code cell took, by its number from 0 among the code cells."""

    index: int
    seconds: float


class TimedRun(msgspec.Struct, frozen=True):
    """A run without what its cells showed, which takes long to read."""

    cells: tuple[TimedCell, ...]


class Kept:
    """One part of the gradebook; the threads of a run may use it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep_hand_in(self, hand_in: HandIn) -> None:
        """Keep the bytes of a hand-in, to be graded again one day."""
        row = (hand_in.digest, pack(hand_in))
        self._db.do("INSERT OR IGNORE INTO hand_ins VALUES (?, ?)", row)

    def hand_in(self, digest: str) -> HandIn | None:
        """Return the hand-in of this digest, if it has been kept."""
        return self._one(HandIn, "SELECT body FROM hand_ins WHERE digest = ?", (digest,))

    def has_hand_in(self, digest: str) -> bool:
        """Tell whether a hand-in has been kept."""
        return bool(self._db.ask("SELECT 1 FROM hand_ins WHERE digest = ?", (digest,)))

    def keep_run(self, owner: Owner, key: str, run: NotebookRun) -> None:
        """Keep what cells showed, under its key."""
        row = (*owner, key, pack(run))
        self._db.do("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?)", row)

    def run(self, assignment: str, submission: str, key: str) -> NotebookRun | None:
        """Return what the cells of a submission showed under a key, if it is known."""
        query = "SELECT body FROM runs WHERE assignment = ? AND submission = ? AND key = ?"
        return self._one(NotebookRun, query, (assignment, submission, key))

    def times(self, assignment: str, submission: str, key: str) -> tuple[TimedCell, ...]:
        """Return how long the cells of a submission took, if it is known."""
        query = "SELECT body FROM runs WHERE assignment = ? AND submission = ? AND key = ?"
        rows = self._db.ask(query, (assignment, submission, key))
        if not rows:
            return ()
        return msgspec.msgpack.decode(zlib.decompress(rows[0][0]), type=TimedRun).cells

    def keep_results(
        self, owner: Owner, keys: Mapping[str, str], results: Mapping[str, ExerciseResults]
    ) -> None:
        """Keep the results of exercises under their keys."""
        for name, found in results.items():
            row = (*owner, name, keys[name], pack(found))
            self._db.do("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?)", row)

    def results(
        self, assignment: str, submission: str, keys: Mapping[str, str]
    ) -> dict[str, ExerciseResults]:
        """Return by exercise what is known under its key."""
        query = (
            "SELECT body FROM results"
            " WHERE assignment = ? AND submission = ? AND exercise = ? AND key = ?"
        )
        asked = {
            exercise: self._one(ExerciseResults, query, (assignment, submission, exercise, key))
            for exercise, key in keys.items()
        }
        return {exercise: found for exercise, found in asked.items() if found is not None}

    def forget_others(self, owner: Owner) -> None:
        """Forget what was found out about an earlier content of the same submission."""
        for table in ("runs", "results"):
            where = "assignment = ? AND submission = ? AND content != ?"
            self._db.do(f"DELETE FROM {table} WHERE {where}", owner)
        graded = "SELECT digest FROM grades"
        self._db.do(f"DELETE FROM hand_ins WHERE digest NOT IN ({graded})")

    def _one(self, kind: type[Kind], query: str, values: tuple[str, ...]) -> Kind | None:
        rows = self._db.ask(query, values)
        return unpack(kind, rows[0][0]) if rows else None


def pack(value: HandIn | NotebookRun | ExerciseResults) -> bytes:
    """Return the bytes of something kept."""
    return zlib.compress(msgspec.msgpack.encode(value, enc_hook=_to_text), LEVEL)


def unpack(kind: type[Kind], data: bytes) -> Kind:
    """Return what was packed."""
    return msgspec.msgpack.decode(zlib.decompress(data), type=kind, dec_hook=_from_text)


def _to_text(value: Any) -> str:
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(type(value).__name__)


def _from_text(kind: type, value: Any) -> Any:
    if kind is Fraction:
        return Fraction(value)
    if kind is object:
        # What is in an output: msgspec has read it and asks what to make of it.
        return value
    raise TypeError(kind.__name__)
