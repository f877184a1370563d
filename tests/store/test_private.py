"""The gradebook and everything that SQLite puts beside it is readable by its owner only."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from grader.store.gradebook import Gradebook
from tests.store.test_gradebook import GRADE


@pytest.fixture(autouse=True)
def open_to_all():
    """Whatever the user's mask would let others read."""
    before = os.umask(0)
    yield
    os.umask(before)


def others_may(folder: Path) -> list[str]:
    return [p.name for p in folder.iterdir() if stat.S_IMODE(p.stat().st_mode) & 0o077]


@pytest.mark.parametrize("mode", ["DELETE", "WAL", "PERSIST"])
def test_the_gradebook_its_journals_and_a_backup(tmp_path: Path, mode: str) -> None:
    file = tmp_path / "gradebook.sqlite"
    with Gradebook(file) as book:
        book.record(GRADE)
    db = sqlite3.connect(file, isolation_level=None)
    db.execute(f"PRAGMA journal_mode = {mode}")
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE grades SET seconds = 2")
    names = {path.name for path in tmp_path.iterdir()}
    assert len(names) > 1, "there is a journal beside it"
    assert others_may(tmp_path) == []
    db.execute("COMMIT")
    db.close()
