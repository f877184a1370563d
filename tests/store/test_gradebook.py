"""The gradebook keeps what it is given, and survives what happens to it."""

import sqlite3
import stat
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.model import (
    CheckResult,
    ExerciseGrade,
    Grade,
    Incident,
    Origin,
    Outcome,
    Person,
    QuestionAnswer,
)
from grader.store.gradebook import Gradebook
from grader.store.migrations import MIGRATIONS, migrate

THIRD = Fraction(1, 3)
CHECK = CheckResult(
    "values", "f", True, False, Outcome.crashed, "It is so.", THIRD, 0.5, "m", "d", "h", "x",
    THIRD, THIRD,
)  # fmt: skip
GRADE = Grade(
    submission="ada",
    assignment="05_flow",
    members=("Ada, Countess", "Zoë"),
    isolation="full",
    exercises=(
        ExerciseGrade("f", "F", THIRD, Fraction(1), (CHECK, replace(CHECK, name="two")), True, "n"),
        ExerciseGrade("g", "G", THIRD, Fraction(1), (), bonus=True),
    ),
    questions=(
        QuestionAnswer("a", "Why", Fraction(2), "Because\n'quoted'", "answered", bonus=True),
    ),
    incidents=(Incident("cell 3", "It hung."),),
    seconds=1.25,
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    with Gradebook(tmp_path / "book.sqlite") as book:
        book.record(GRADE)
        assert book.grades() == [GRADE]
        assert book.grades("05_flow") == [GRADE]
        assert book.grades("other") == []


@pytest.mark.parametrize("late", [None, False, True])
def test_what_the_site_said_is_kept_and_replaced(tmp_path: Path, late: bool | None) -> None:
    people = (Person("Zoë, O'Neil", "77", "=1", "zoe@example.org"), Person(id="8"))
    told = replace(GRADE, origin=Origin("moodle", people, "2026-03-01T12:30:00+00:00", late, "9"))
    with Gradebook(tmp_path / "book.sqlite") as book:
        book.record(told)
        assert book.grades() == [told]
        book.record(GRADE)
        assert book.grades() == [GRADE]


def test_a_second_grade_takes_the_place_of_the_first(tmp_path: Path) -> None:
    with Gradebook(tmp_path / "book.sqlite") as book:
        book.record(GRADE)
        book.record(replace(GRADE, exercises=(), incidents=()))
        book.record(replace(GRADE, submission="bob"))
        assert [(g.submission, len(g.exercises)) for g in book.grades()] == [("ada", 0), ("bob", 2)]


def test_a_grade_is_written_wholly_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Gradebook(tmp_path / "book.sqlite") as book:
        book.record(GRADE)
        with pytest.raises(sqlite3.Error):
            book.record(replace(GRADE, exercises=(), incidents=(Incident("x", object()),)))  # type: ignore[arg-type]
        assert book.grades() == [GRADE]


def test_it_is_its_owners_alone(tmp_path: Path) -> None:
    with Gradebook(tmp_path / "book.sqlite"):
        assert stat.S_IMODE((tmp_path / "book.sqlite").stat().st_mode) == 0o600


def test_another_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear diary " * 100)
    with pytest.raises(UsageError, match="not a gradebook"):
        Gradebook(path)
    assert path.read_text() == "Dear diary " * 100


def test_a_newer_gradebook_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "gradebook.sqlite"
    with Gradebook(file) as book:
        book.record(GRADE)
    with sqlite3.connect(file) as db:
        db.execute("INSERT INTO migrations VALUES ('m999_later', '')")
    db.close()
    before = file.read_bytes()
    with pytest.raises(UsageError, match="newer version"):
        Gradebook(file)
    assert file.read_bytes() == before


def test_a_gradebook_in_use_is_no_broken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "gradebook.sqlite"
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **more: connect(*a, timeout=0.01, **more))
    with Gradebook(file) as book:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        for ask in (book.grades, lambda: book.record(GRADE), lambda: Gradebook(file)):
            with pytest.raises(UsageError, match="in use by another command"):
                ask()
        other.execute("ROLLBACK")
        other.close()
        book.record(GRADE)
        assert len(book.grades()) == 1


def test_migrations_run_once() -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrate(db)
    migrate(db)
    assert [name for (name,) in db.execute("SELECT name FROM migrations")] == [
        migration.__name__ for migration in MIGRATIONS
    ]


def test_a_migration_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def m999_half(db: sqlite3.Connection) -> None:
        db.execute("CREATE TABLE half (x)")
        raise RuntimeError

    monkeypatch.setattr("grader.store.migrations.MIGRATIONS", (*MIGRATIONS, m999_half))
    db = sqlite3.connect(":memory:", isolation_level=None)
    with pytest.raises(RuntimeError):
        migrate(db)
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    assert "half" not in tables
    assert "grades" in tables
