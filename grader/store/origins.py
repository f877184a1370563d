"""What course sites say of hand-ins, kept beside the grades."""

import msgspec

from grader.model import Origin, Person
from grader.store.database import Database


def write(db: Database, key: tuple[str, str], origin: Origin) -> None:
    """Keep an origin, if the site has said anything; part of the grade's own transaction."""
    db.do("DELETE FROM origins WHERE assignment = ? AND submission = ?", key)
    if origin == Origin():
        return
    people = msgspec.json.encode(origin.people).decode()
    db.do(
        "INSERT INTO origins (site, people, handed_in_at, late, file, assignment, submission)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (origin.site, people, origin.handed_in_at, origin.late, origin.file, *key),
    )


def read(db: Database, key: tuple[str, str]) -> Origin:
    """Return the origin of a submission, an empty one if nothing is known."""
    rows = db.ask(
        "SELECT site, people, handed_in_at, late, file FROM origins"
        " WHERE assignment = ? AND submission = ?",
        key,
    )
    if not rows:
        return Origin()
    site, people, handed_in_at, late, file = rows[0]
    known = msgspec.json.decode(people, type=tuple[Person, ...])
    return Origin(site, known, handed_in_at, None if late is None else bool(late), file)
