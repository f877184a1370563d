"""Rosters as course sites give them: Moodle's worksheet, Canvas's grade book, Gradescope's list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from grader.errors import UsageError
from grader.exports import canvas, moodle
from grader.exports.filled import told
from grader.exports.sheet import Sheet, read_sheet
from grader.model import Person
from grader.roster import clean, known

# How columns may be called; where several are there, the first in this order is taken.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "student", *sorted(moodle.NAME)),
    "first": ("first name", "firstname", "vorname", "prénom"),
    "last": ("last name", "lastname", "surname", "nachname", "nom"),
    "account": ("account", "sid", "sis user id", "student id", "student_id", "id number",
                "matrikelnummer", "sis login id", "login", "username", "id"),
    "email": ("email", "email address", "e-mail", "e-mail-adresse"),
    "role": ("role",),
}  # fmt: skip
# Moodle puts a word before its own number, in the teacher's language.
PARTICIPANT = re.compile(r"\D*\D\s*(\d+)\s*")


@dataclass(frozen=True)
class Listed:
    """One line of a roster; `team` is None where the file does not say, and empty for none."""

    person: Person
    team: str | None = None


@dataclass(frozen=True)
class ClassList:
    """The people on a roster, and the site whose numbers their ids are; empty for none."""

    site: str
    people: tuple[Listed, ...]


def read_roster(data: bytes, *, where: str = "The roster", teams: str = "") -> ClassList:
    """Return the people in a CSV file; `teams` names the column that says who works with whom.

    Raises `UsageError` for a file in which people cannot be told apart.
    """
    sheet = read_sheet(data, where)
    at_team = _team_column(sheet, teams, where) if teams else None
    site, found = _people(sheet, where)
    listed = tuple(Listed(person, _cell(sheet, at, at_team)) for at, person in found)
    if not listed:
        raise UsageError(f"{where} lists nobody.")
    _refuse_doubles(listed, where)
    return ClassList(site, listed)


def _people(sheet: Sheet, where: str) -> tuple[str, list[tuple[int, Person]]]:
    rows = [(at, row) for at, row in enumerate(sheet.rows) if at and any(map(str.strip, row))]
    if rows and all(PARTICIPANT.fullmatch(row[0]) for _, row in rows):
        return "moodle", [(at, _of_moodle(sheet.rows[0], row)) for at, row in rows]
    if first := canvas.first_column(sheet.rows[0]):
        people = canvas.people(sheet, first)
        return "canvas", [(at, _of_canvas(sheet.rows[0], row, first)) for at, row in people]
    return "", list(_of_columns(sheet, rows, where))


def _of_moodle(head: list[str], cells: list[str]) -> Person:
    found = PARTICIPANT.fullmatch(cells[0])
    name = next((c for t, c in zip(head, cells, strict=False) if known(t) in moodle.NAME), "")
    email = next((cell for cell in cells[1:] if "@" in cell and " " not in cell.strip()), "")
    return Person(clean(name), found[1] if found else "", email=clean(email))


def _of_canvas(head: list[str], cells: list[str], first: int) -> Person:
    row = canvas.row_of(0, cells, head, first)
    account = next(
        (c for t, c in zip(head, cells, strict=False) if t.strip() in canvas.ACCOUNTS), ""
    )
    return Person(clean(row.name), row.id, clean(account))


def _of_columns(
    sheet: Sheet, rows: list[tuple[int, list[str]]], where: str
) -> list[tuple[int, Person]]:
    """Read a table by the titles of its columns, such as Gradescope's or one's own."""
    at = {what: _first(sheet.rows[0], names) for what, names in COLUMNS.items()}
    if at["name"] is None and at["last"] is None:
        raise UsageError(
            f"{where} has no column “Name”; there are: {told(sheet.rows[0])}. Name the columns "
            "Name, Account and Email, or give the file of the course site as it is."
        )
    people = []
    for number, row in rows:
        cells = {
            what: "" if i is None or i >= len(row) else clean(row[i]) for what, i in at.items()
        }
        name = cells["name"] or " ".join(filter(None, (cells["first"], cells["last"])))
        if known(cells["role"]) in {"", "student"}:
            people.append((number, Person(name, "", cells["account"], cells["email"])))
    return people


def _first(head: list[str], names: tuple[str, ...]) -> int | None:
    titles = [known(title) for title in head]
    return next((titles.index(name) for name in names if name in titles), None)


def _team_column(sheet: Sheet, title: str, where: str) -> int:
    at = _first(sheet.rows[0], (known(title),))
    if at is None:
        raise UsageError(
            f"{where} has no column {title}; there are: {told(sheet.rows[0])}. Name one with "
            "--teams."
        )
    return at


def _cell(sheet: Sheet, row: int, column: int | None) -> str | None:
    if column is None:
        return None
    cells = sheet.rows[row]
    return clean(cells[column]) if column < len(cells) else ""


def _refuse_doubles(listed: tuple[Listed, ...], where: str) -> None:
    seen: set[str] = set()
    for entry in listed:
        who = entry.person
        key = known(who.account or who.id or who.email or who.name)
        if not key:
            raise UsageError(f"{where} has a line without a name, a number or an address.")
        if key in seen:
            raise UsageError(
                f"{where} lists {who.name or key} twice, and nothing tells the two apart. Give "
                "each person a line, with an account or an address."
            )
        seen.add(key)
