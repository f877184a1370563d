"""Take somebody out of a gradebook for good: rows, texts, packed hand-ins and free pages."""

import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from grader.errors import UsageError
from grader.model import HandIn
from grader.store.kept import LEVEL, pack, unpack

Key = tuple[str, str]
PACKED = {"runs", "results"}
# What is about no person, or is rewritten by whoever knows what it means.
LEFT = {"migrations", "mark_seed", "mark_events", "hand_ins", "sqlite_sequence"}
# Where a short name or a number means a person, and not a word or points.
NAMED = {"members", "people"}
PERSON = {"name", "id", "account", "email"}


@dataclass(frozen=True)
class Removal:
    """What is to go: hand-ins as a whole, and names in what stays.

    `renamed` gives hand-ins of others another name. `scrub` takes the names out of a text,
    `scrub_name` empties one that is a name, `scrub_file` does the same to what was handed in.
    `forget` is a number on the roster, `keys` are what published points stand under.
    """

    gone: frozenset[Key]
    renamed: Mapping[Key, Key]
    scrub: Callable[[str], str]
    scrub_name: Callable[[str], str]
    scrub_file: Callable[[HandIn], HandIn]
    forget: int | None
    keys: frozenset[str]


def ensure_free(path: Path) -> None:
    """Raise `UsageError` while a gradebook cannot be written to, or another process does so."""
    if not all(os.access(place, os.W_OK) for place in (path, path.parent)):
        raise UsageError(f"{path} cannot be written to. Check that you may write there.")
    db = sqlite3.connect(path, timeout=1, isolation_level=None)
    try:
        db.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        raise UsageError(f"{path} is in use ({error}). Stop what is using it first.") from error
    finally:
        db.close()


def remove(path: Path, what: Removal) -> dict[str, str]:
    """Carry out a removal, wholly or not at all; returns new digests of hand-ins by the old ones.

    Deleted content is overwritten, and the file is written anew without its free pages.
    """
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")
        with db:
            db.execute("BEGIN IMMEDIATE")
            db.execute("PRAGMA defer_foreign_keys = ON")
            digests = _in_one_go(db, what)
        # TRAP: what was deleted may stand in a write-ahead log, too, which VACUUM alone leaves.
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()
    return digests


def _in_one_go(db: sqlite3.Connection, what: Removal) -> dict[str, str]:
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        if {"assignment", "submission"} <= set(_columns(db, table)):
            _take_out(db, table, what.gone)
            _rename(db, table, what.renamed)
    db.execute("DELETE FROM regrades WHERE id NOT IN (SELECT regrade FROM regraded)")
    _forget_student(db, what)
    digests = _hand_ins(db, what.scrub_file)
    for table in tables:
        if table not in LEFT:
            _scrub_table(db, table, _Texts({**_names(what), **digests}, what))
    return digests


def _names(what: Removal) -> dict[str, str]:
    return {old[1]: new[1] for old, new in what.renamed.items()}


class _Texts:
    """Replaces names of hand-ins and digests by others, and scrubs all that is not one."""

    def __init__(self, known: Mapping[str, str], what: Removal) -> None:
        self.known, self.what = known, what

    def value(self, value: Any, field: str = "") -> Any:
        """Return a value without the names; `field` is the column or the key that it stands in."""
        if isinstance(value, str):
            return self._text(value, field)
        if isinstance(value, list):
            changed = [self.value(part, field) for part in value]
            return [new for new, old in zip(changed, value, strict=True) if not _emptied(old, new)]
        if isinstance(value, dict):
            within = {name: field if field in NAMED else name for name in value}
            return {name: self.value(part, within[name]) for name, part in value.items()}
        return value

    def _text(self, text: str, field: str) -> str:
        # JSON is read, since it may spell letters out; rows in the log hold JSON in JSON.
        if text[:1] in {"[", "{"}:
            try:
                read = json.loads(text)
            except ValueError:
                read = text
            if not isinstance(read, str):
                changed = self.value(read, field)
                return text if changed == read else json.dumps(changed, ensure_ascii=False)
        if text in self.known:
            return self.known[text]
        return self.what.scrub_name(text) if field in NAMED else self.what.scrub(text)


def _emptied(old: Any, new: Any) -> bool:
    """Tell whether nothing is left of a name in a list, or of a person."""
    if isinstance(old, dict) and old.keys() == PERSON:
        return any(old[name] and not new[name] for name in old)
    return isinstance(old, str) and bool(old) and not new


def _scrub_table(db: sqlite3.Connection, table: str, texts: _Texts) -> None:
    columns = _columns(db, table)
    marks = ", ".join(f'"{name}" = ?' for name in columns)
    for at, *row in db.execute(f"SELECT rowid, * FROM {table}").fetchall():
        new = [
            _repacked(cell, texts)
            if isinstance(cell, bytes) and table in PACKED
            else texts.value(cell, column)
            for column, cell in zip(columns, row, strict=True)
        ]
        if new != row:
            db.execute(f"UPDATE {table} SET {marks} WHERE rowid = ?", (*new, at))


def _repacked(body: bytes, texts: _Texts) -> bytes:
    read = msgspec.msgpack.decode(zlib.decompress(body))
    changed = texts.value(read)
    return body if changed == read else zlib.compress(msgspec.msgpack.encode(changed), LEVEL)


def _hand_ins(db: sqlite3.Connection, scrub: Callable[[HandIn], HandIn]) -> dict[str, str]:
    """Drop hand-ins of nobody and scrub the others; returns the digests that have changed."""
    db.execute("DELETE FROM hand_ins WHERE digest NOT IN (SELECT digest FROM grades)")
    changed = {}
    for digest, body in db.execute("SELECT digest, body FROM hand_ins").fetchall():
        hand_in = unpack(HandIn, body)
        new = scrub(hand_in)
        if new != hand_in:
            changed[digest] = new.digest
            db.execute("DELETE FROM hand_ins WHERE digest = ?", (digest,))
            db.execute("INSERT OR IGNORE INTO hand_ins VALUES (?, ?)", (new.digest, pack(new)))
    return changed


def _take_out(db: sqlite3.Connection, table: str, gone: Iterable[Key]) -> None:
    db.executemany(f"DELETE FROM {table} WHERE assignment = ? AND submission = ?", gone)


def _rename(db: sqlite3.Connection, table: str, renamed: Mapping[Key, Key]) -> None:
    db.executemany(
        f"UPDATE {table} SET submission = ? WHERE assignment = ? AND submission = ?",
        [(new[1], *old) for old, new in renamed.items()],
    )


def _forget_student(db: sqlite3.Connection, what: Removal) -> None:
    db.execute("DELETE FROM students WHERE number = ?", (what.forget,))
    db.executemany("DELETE FROM published WHERE who = ?", [(key,) for key in what.keys])


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
