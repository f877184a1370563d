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


def m007_origins(db: sqlite3.Connection) -> None:
    """Keep what a course site says of a hand-in; the people as JSON."""
    db.execute(
        "CREATE TABLE origins (site TEXT NOT NULL, people TEXT NOT NULL,"
        " handed_in_at TEXT NOT NULL, late INTEGER, assignment TEXT NOT NULL,"
        " submission TEXT NOT NULL, PRIMARY KEY (assignment, submission),"
        " FOREIGN KEY (assignment, submission) REFERENCES grades ON DELETE CASCADE)"
    )


def m008_kept(db: sqlite3.Connection) -> None:
    """Keep hand-ins, what their cells showed and what checks found, so that nothing runs twice."""
    db.execute("CREATE TABLE hand_ins (digest TEXT PRIMARY KEY, body BLOB NOT NULL)")
    key = "assignment TEXT NOT NULL, submission TEXT NOT NULL, content TEXT NOT NULL"
    db.execute(
        f"CREATE TABLE runs ({key}, key TEXT NOT NULL, body BLOB NOT NULL,"
        " PRIMARY KEY (assignment, submission, key))"
    )
    db.execute(
        f"CREATE TABLE results ({key}, exercise TEXT NOT NULL, key TEXT NOT NULL,"
        " body BLOB NOT NULL, PRIMARY KEY (assignment, submission, exercise, key))"
    )
    for column in ("basis", "run"):
        db.execute(f"ALTER TABLE grades ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")


def m009_regrades(db: sqlite3.Connection) -> None:
    """Keep a log of regrades, with the rows of each grade before and after."""
    db.execute(
        "CREATE TABLE regrades (id INTEGER PRIMARY KEY, applied_at TEXT NOT NULL DEFAULT"
        " CURRENT_TIMESTAMP, who TEXT NOT NULL, reason TEXT NOT NULL, never_lower INTEGER NOT NULL,"
        " undone_at TEXT NOT NULL DEFAULT '')"
    )
    db.execute(
        "CREATE TABLE regraded (regrade INTEGER NOT NULL REFERENCES regrades,"
        " assignment TEXT NOT NULL, submission TEXT NOT NULL, before TEXT NOT NULL,"
        " after TEXT NOT NULL, published INTEGER NOT NULL DEFAULT 0,"
        " PRIMARY KEY (regrade, assignment, submission))"
    )


def m010_marks(db: sqlite3.Connection) -> None:
    """Keep what markers did as events, the seed of their orders, and what pages tell of marks."""
    db.execute(
        "CREATE TABLE mark_events (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
        " batch TEXT NOT NULL, body TEXT NOT NULL)"
    )
    db.execute("CREATE INDEX mark_events_of ON mark_events (batch)")
    db.execute("CREATE TABLE mark_seed (seed TEXT NOT NULL)")
    # Copies of a gradebook share it, so that markers apart speak of the same answers.
    db.execute("INSERT INTO mark_seed VALUES (lower(hex(randomblob(32))))")
    db.execute(
        "CREATE TABLE mark_pages (assignment TEXT NOT NULL, submission TEXT NOT NULL,"
        " shown TEXT NOT NULL, PRIMARY KEY (assignment, submission))"
    )


def m011_roster(db: sqlite3.Connection) -> None:
    """Keep who takes part, past names and teams with their times, and points that were given out.

    Times are ISO 8601 in UTC. Points go with a key of the student, who need not be on the roster.
    """
    db.execute(
        "CREATE TABLE students (number INTEGER PRIMARY KEY, site TEXT NOT NULL, id TEXT NOT NULL,"
        " account TEXT NOT NULL, email TEXT NOT NULL, name TEXT NOT NULL,"
        " left INTEGER NOT NULL DEFAULT 0)"
    )
    of = "student INTEGER NOT NULL REFERENCES students ON DELETE CASCADE"
    db.execute(f"CREATE TABLE past_names ({of}, name TEXT NOT NULL, until TEXT NOT NULL)")
    db.execute(f"CREATE TABLE memberships ({of}, team TEXT NOT NULL, since TEXT, until TEXT)")
    db.execute(
        "CREATE TABLE published (assignment TEXT NOT NULL, who TEXT NOT NULL, points TEXT NOT NULL,"
        " at TEXT NOT NULL, PRIMARY KEY (assignment, who))"
    )


def m012_files_of_sites(db: sqlite3.Connection) -> None:
    """Keep the number under which a site takes feedback on a file."""
    db.execute("ALTER TABLE origins ADD COLUMN file TEXT NOT NULL DEFAULT ''")


MIGRATIONS: tuple[Migration, ...] = (
    m001_grades,
    m002_digest,
    m003_bonus,
    m004_remarks,
    m005_example,
    m007_origins,
    m008_kept,
    m009_regrades,
    m010_marks,
    m011_roster,
    m012_files_of_sites,
)


def migrate(db: sqlite3.Connection) -> bool:
    """Bring a gradebook up to date; each change is applied once, and wholly or not at all.

    Tells whether there are changes in it that are not known here; then it stays as it is.
    """
    db.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at TEXT)")
    applied = {name for (name,) in db.execute("SELECT name FROM migrations")}
    if applied - {migration.__name__ for migration in MIGRATIONS}:
        return True
    for migration in MIGRATIONS:
        if migration.__name__ not in applied:
            with db:
                db.execute("BEGIN")
                migration(db)
                db.execute(
                    "INSERT INTO migrations VALUES (?, CURRENT_TIMESTAMP)", [migration.__name__]
                )
    return False
