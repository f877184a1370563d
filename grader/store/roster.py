"""The roster in the gradebook: who takes part, under which names and in which teams, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grader.model import Person
from grader.roster import Membership, Student, known
from grader.store.database import Database


@dataclass(frozen=True)
class News:
    """What a newer roster says that an older one did not, as sentences."""

    joined: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class Roster:
    """One part of the gradebook."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def students(self) -> list[Student]:
        """Return everybody who is or was on the roster, by name."""
        rows = self._db.table("SELECT * FROM students ORDER BY name, number")
        return [self._student(row) for row in rows]

    def take_over(
        self, site: str, people: Iterable[tuple[Person, str | None]], at: datetime
    ) -> News:
        """Bring the roster up to a newer list, as of a moment; nobody is removed by that.

        A team of None leaves it as it is. Who is not on the list any more has left.
        """
        news: dict[str, list[str]] = {"joined": [], "renamed": [], "moved": [], "left": []}
        with self._db.transaction():
            before = {row["number"]: row for row in self._db.table("SELECT * FROM students")}
            for person, team in people:
                number = self._number_of(site, person, before)
                if number is None:
                    number = self._add(site, person)
                    news["joined"].append(person.name or person.account)
                else:
                    news["renamed"] += self._bring_up(number, site, person, before.pop(number), at)
                if team is not None:
                    news["moved"] += self._move(number, person, team, at)
            for number, row in before.items():
                if not row["left"]:
                    news["left"].append(row["name"] or row["account"])
                self._db.do("UPDATE students SET left = 1 WHERE number = ?", (number,))
        return News(**{name: tuple(told) for name, told in news.items()})

    def move(self, number: int, team: str, at: datetime) -> None:
        """Put somebody into a team from a moment on; empty takes them out of theirs."""
        self._db.do(
            "UPDATE memberships SET until = ? WHERE student = ? AND until IS NULL",
            (at.isoformat(), number),
        )
        if team:
            first = not self._db.ask("SELECT 1 FROM memberships WHERE student = ?", (number,))
            # Whoever is put into a first team is taken to have been in it from the beginning.
            since = None if first else at.isoformat()
            self._db.insert("memberships", {"student": number, "team": team, "since": since})

    def number_of(self, key: str) -> int | None:
        """Return the number under which somebody is kept."""
        rows = self._db.table("SELECT * FROM students")
        return next((r["number"] for r in rows if self._student(r).key == key), None)

    def forget(self, number: int) -> None:
        """Remove somebody from the roster, with past names and teams."""
        self._db.do("DELETE FROM students WHERE number = ?", (number,))

    def publish(self, assignment: str, who: str, points: str, at: datetime) -> None:
        """Note that points were given out; the latest word counts."""
        self._db.do(
            "INSERT OR REPLACE INTO published VALUES (?, ?, ?, ?)",
            (assignment, who, points, at.isoformat()),
        )

    def published(self) -> dict[str, dict[str, str]]:
        """Return the points that were given out, by student's key and assignment."""
        found: dict[str, dict[str, str]] = {}
        for assignment, who, points in self._db.ask(
            "SELECT assignment, who, points FROM published"
        ):
            found.setdefault(who, {})[assignment] = points
        return found

    def _student(self, row: dict[str, Any]) -> Student:
        key = (row["number"],)
        names = self._db.ask("SELECT name FROM past_names WHERE student = ? ORDER BY until", key)
        teams = self._db.ask(
            "SELECT team, since, until FROM memberships WHERE student = ? ORDER BY rowid", key
        )
        return Student(
            Person(row["name"], row["id"], row["account"], row["email"]),
            row["site"],
            tuple(name for (name,) in names),
            tuple(Membership(team, _moment(since), _moment(until)) for team, since, until in teams),
            bool(row["left"]),
        )

    def _number_of(self, site: str, new: Person, rows: dict[int, dict[str, Any]]) -> int | None:
        """Return who a person of a newer list is: by account, the site's number, or address.

        By name only where neither list has anything better.
        """
        for number, row in rows.items():
            if new.account and known(new.account) == known(row["account"]):
                return number
            if new.id and row["site"] == site and new.id == row["id"]:
                return number
        for number, row in rows.items():
            if _disagree(site, new, row):
                continue
            if new.email and known(new.email) == known(row["email"]):
                return number
        same = [
            number
            for number, row in rows.items()
            if known(row["name"]) == known(new.name) and not _disagree(site, new, row)
            and not (new.email and row["email"])
        ]  # fmt: skip
        return same[0] if len(same) == 1 else None

    def _add(self, site: str, person: Person) -> int:
        row = {"site": site if person.id else "", "id": person.id, "account": person.account}
        self._db.insert("students", row | {"email": person.email, "name": person.name})
        return int(self._db.ask("SELECT max(number) FROM students")[0][0])

    def _bring_up(
        self, number: int, site: str, new: Person, old: dict[str, Any], at: datetime
    ) -> list[str]:
        """Write what a newer list says of somebody; a name that has changed is kept as past."""
        told = []
        if new.name and known(new.name) != known(old["name"]):
            told.append(f"{old['name']} → {new.name}")
            row = {"student": number, "name": old["name"], "until": at.isoformat()}
            self._db.insert("past_names", row)
        row = {
            "site": site if new.id else old["site"],
            "id": new.id or old["id"],
            "account": new.account or old["account"],
            "email": new.email or old["email"],
            "name": new.name or old["name"],
            "left": 0,
        }
        changes = ", ".join(f'"{name}" = ?' for name in row)
        self._db.do(f"UPDATE students SET {changes} WHERE number = ?", (*row.values(), number))
        return told if old["name"] else []

    def _move(self, number: int, person: Person, team: str, at: datetime) -> list[str]:
        query = "SELECT team FROM memberships WHERE student = ? AND until IS NULL"
        rows = self._db.ask(query, (number,))
        now = rows[0][0] if rows else ""
        if now == team:
            return []
        self.move(number, team, at)
        return [f"{person.name}: {now or 'no team'} → {team or 'no team'}"] if now else []


def _disagree(site: str, new: Person, row: dict[str, Any]) -> bool:
    """Tell whether two entries cannot be the same person, whatever they are called."""
    accounts = new.account and row["account"] and known(new.account) != known(row["account"])
    return bool(accounts or (new.id and row["site"] == site and row["id"] and new.id != row["id"]))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
