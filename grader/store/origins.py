"""What course sites say of hand-ins, kept beside the grades."""

import sqlite3

import msgspec

from grader.model import Origin, Person


def write(db: sqlite3.Connection, key: tuple[str, str], origin: Origin) -> None:
    """Keep an origin, if the site has said anything; part of the grade's own transaction."""
    if origin == Origin():
        return
    people = msgspec.json.encode(origin.people).decode()
    db.execute(
        "INSERT INTO origins (site, people, handed_in_at, late, assignment, submission)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (origin.site, people, origin.handed_in_at, origin.late, *key),
    )


def read(db: sqlite3.Connection, key: tuple[str, str]) -> Origin:
    """Return the origin of a submission, an empty one if nothing is known."""
    row = db.execute(
        "SELECT site, people, handed_in_at, late FROM origins"
        " WHERE assignment = ? AND submission = ?",
        key,
    ).fetchone()
    if row is None:
        return Origin()
    site, people, handed_in_at, late = row
    known = msgspec.json.decode(people, type=tuple[Person, ...])
    return Origin(site, known, handed_in_at, None if late is None else bool(late))
