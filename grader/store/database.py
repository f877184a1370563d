"""The file of a gradebook: one connection for all threads of a run, and whole transactions."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any

from grader.errors import UsageError
from grader.store.migrations import migrate

Values = tuple[Any, ...] | list[Any]
# What SQLite says where nothing is wrong with the file, and what that means to a person.
TROUBLE = {
    "locked": "is in use by another command. Wait until that has ended, or stop it, and try again.",
    "readonly": "cannot be written to. Check that you may write to it and its folder.",
    "unable to open": "cannot be opened. Check that you may read and write it and its folder.",
    "full": "cannot grow: the disk is full. Make room, and give the same command again.",
    "disk I/O": "cannot be read or written: the disk reports an error.",
}


class Database:
    """An SQLite file, readable by its owner only and up to date; raises `UsageError` otherwise."""

    def __init__(self, path: Path) -> None:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
        self._lock, self._path = RLock(), path
        try:
            with self._explained():
                self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
                self._db.execute("PRAGMA foreign_keys = ON")
                newer = migrate(self._db)
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{path} is not a gradebook ({error}).") from error
        if newer:
            self._db.close()
            raise UsageError(
                f"{path} was written by a newer version of the grader, which this one could not "
                "keep whole. Use that version; nothing was changed."
            )

    def close(self) -> None:
        """Close the file; a transaction that is still open is as if it had never begun."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do everything within or nothing; one inside another is a part of it."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            with self._db:
                with self._explained():
                    self._db.execute("BEGIN IMMEDIATE")
                yield

    def do(self, statement: str, values: Values = ()) -> None:
        """Carry out one statement."""
        with self._lock, self._explained():
            self._db.execute(statement, values)

    def ask(self, query: str, values: Values = ()) -> list[Any]:
        """Return all rows that answer a query."""
        with self._lock, self._explained():
            return self._db.execute(query, values).fetchall()

    def table(self, query: str, values: Values = ()) -> list[dict[str, Any]]:
        """Return the rows that answer a query, each with the names of its columns."""
        with self._lock, self._explained():
            rows = self._db.execute(query, values)
            names = [column[0] for column in rows.description]
            return [dict(zip(names, row, strict=True)) for row in rows]

    def insert(self, table: str, row: dict[str, Any]) -> None:
        """Put one row into a table; the names are our own."""
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        self.do(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say what a person can do where another command, a right or the disk is in the way."""
        try:
            yield
        except sqlite3.OperationalError as error:
            for words, told in TROUBLE.items():
                if words in str(error):
                    raise UsageError(f"{self._path} {told}") from error
            raise
