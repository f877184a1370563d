"""The gradebook's tables, one change at a time; a change that has shipped is never edited."""

import sqlite3
from collections.abc import Callable

Migration = Callable[[sqlite3.Connection], None]


def m001_grades(db: sqlite3.Connection) -> None:
    """Create the tables of a grade. Points are exact fractions, written as text."""
    db.execute(
        "CREATE TABLE grades (assignment TEXT NOT NULL, submission TEXT NOT NULL,"
        " members TEXT NOT NULL, device TEXT NOT NULL, isolation TEXT NOT NULL,"
        " refused TEXT NOT NULL, seconds REAL NOT NULL,"
        " graded_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,"
        " PRIMARY KEY (assignment, submission))"
    )
    key = (
        " assignment TEXT NOT NULL, submission TEXT NOT NULL, position INTEGER NOT NULL,"
        " FOREIGN KEY (assignment, submission) REFERENCES grades ON DELETE CASCADE"
    )
    tables = {
        "exercises": (
            "name TEXT, title TEXT, points TEXT, max_points TEXT, pending INTEGER, note TEXT"
        ),
        "checks": (
            "exercise TEXT, name TEXT, public INTEGER, core INTEGER, outcome TEXT, statement TEXT,"
            " weight TEXT, seconds REAL, message TEXT, detail TEXT, hint TEXT, mistake TEXT,"
            " points TEXT, max_points TEXT"
        ),
        "questions": "name TEXT, title TEXT, max_points TEXT, text TEXT, status TEXT",
        "incidents": '"where" TEXT, text TEXT',
    }
    for name, columns in tables.items():
        db.execute(f"CREATE TABLE {name} ({columns}, {key})")
        db.execute(f"CREATE INDEX {name}_of ON {name} (assignment, submission, position)")


def m002_digest(db: sqlite3.Connection) -> None:
    """Note which hand-in was graded, so that a run can be taken up again."""
    db.execute("ALTER TABLE grades ADD COLUMN digest TEXT NOT NULL DEFAULT ''")


def m003_bonus(db: sqlite3.Connection) -> None:
    """Note what is a bonus."""
    for table in ("exercises", "questions"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN bonus INTEGER NOT NULL DEFAULT 0")


def m004_remarks(db: sqlite3.Connection) -> None:
    """Keep the remarks on the form of a hand-in, as JSON."""
    db.execute("ALTER TABLE grades ADD COLUMN remarks TEXT NOT NULL DEFAULT '[]'")


def m005_example(db: sqlite3.Connection) -> None:
    """Keep the worked small case that a failed check shows."""
    db.execute("ALTER TABLE checks ADD COLUMN example TEXT NOT NULL DEFAULT ''")


MIGRATIONS: tuple[Migration, ...] = (
    m001_grades,
    m002_digest,
    m003_bonus,
    m004_remarks,
    m005_example,
)


def migrate(db: sqlite3.Connection) -> None:
    """Bring a gradebook up to date; each change is applied once, and wholly or not at all."""
    db.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at TEXT)")
    applied = {name for (name,) in db.execute("SELECT name FROM migrations")}
    for migration in MIGRATIONS:
        if migration.__name__ not in applied:
            with db:
                db.execute("BEGIN")
                migration(db)
                db.execute(
                    "INSERT INTO migrations VALUES (?, CURRENT_TIMESTAMP)", [migration.__name__]
                )
