"""Results of a class without the people: tables of named columns, and texts that were reviewed."""

import csv
import hmac
import io
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from grader.classlist import Owners, owners
from grader.classmarks import ClassBook
from grader.errors import Refused, UsageError
from grader.exports.table import harmless
from grader.forget.names import Scrub, names_of
from grader.model import Grade, HandIn
from grader.notebook.read import read_notebook
from grader.policy.words import read_moment
from grader.scoring import decimal

REVIEW = "texts-to-review.csv"
HAND_INS = ("hand_in", "assignment", "students", "week", "late", "refused", "points", "max_points")
CHECKS = (
    "hand_in", "assignment", "exercise", "check", "public", "core", "outcome", "points",
    "max_points", "mistake", "seconds",
)  # fmt: skip
QUESTIONS = ("hand_in", "assignment", "question", "status", "words", "points", "max_points")
TEXTS = ("hand_in", "assignment", "kind", "where", "text")
LIST = ("keep", *TEXTS, "look_at")
TELLING = re.compile(r"[\w.+-]+@[\w.-]+|https?://\S+|\b\d{5,}\b")
ABOUT = """Results of a course without names.

hand_ins.csv   a line per hand-in: ids, the week it came (ISO 8601), late or not, points
checks.csv     a line per check: outcome, points, the name of a known mistake, seconds
questions.csv  a line per question: answered or not, length to the next 50 words, points by hand
texts.csv      only where a person has read and kept them: answers, code, comments, messages

Ids are keyed digests (HMAC-SHA-256) of what the course knows people and hand-ins by. With the salt
they can be made again from a list of the class; without it they cannot.

Not in here: names, accounts, addresses, numbers of sites, teams' names, names of files, times of
day, notebooks, outputs and pictures, incidents, texts that nobody has reviewed.

What remains can still tell who somebody is: the points and mistakes of one person together are
rare, and whoever knows them knows the line. Keep the tables to those who have agreed to that.
"""

Rows = Iterable[Sequence[object]]


@dataclass(frozen=True)
class Text:
    """A free text, with the names of the class taken out; `look_at` is what may still tell."""

    grade: Grade
    kind: str
    where: str
    text: str
    look_at: str


class Ids:
    """Names for people and hand-ins that follow from a salt."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt

    def of(self, kind: str, *parts: str) -> str:
        """Return twelve letters for something; another kind never gets the same."""
        told = "\0".join((kind, *parts)).encode("utf-8", "surrogatepass")
        return hmac.new(self._salt, told, "sha256").hexdigest()[:12]

    def hand_in(self, grade: Grade) -> str:
        """Return the id of a hand-in."""
        return self.of("hand-in", grade.assignment, grade.submission)


def salt_from(file: Path | None, out: Path) -> bytes:
    """Return the salt in a file, which is made where it is not there; without one it is random.

    Raises `UsageError` for a file inside what is given away.
    """
    if file is None:
        return secrets.token_bytes(32)
    if out.resolve() in file.resolve().parents:
        raise UsageError(f"The salt must not lie in {out}: whoever has both can name people again.")
    if not file.exists():
        from grader.classtable import write_private

        write_private(file, secrets.token_hex(32))
    return file.read_bytes().strip()


def tables(book: ClassBook, ids: Ids, zone: tzinfo) -> Mapping[str, str]:
    """Return the tables without texts, by name of the file; lines are in the order of ids."""
    found = owners(book.roster, book.grades, zone)
    grades = sorted(book.grades, key=ids.hand_in)
    return {
        "hand_ins.csv": _csv(HAND_INS, (_hand_in(g, found, ids, zone) for g in grades)),
        "checks.csv": _csv(CHECKS, (row for g in grades for row in _checks(g, ids))),
        "questions.csv": _csv(QUESTIONS, (row for g in grades for row in _questions(g, ids))),
        "README.txt": ABOUT,
    }


def _hand_in(grade: Grade, found: Owners, ids: Ids, zone: tzinfo) -> Sequence[object]:
    people = sorted(ids.of("student", student.key) for student in found.of_grade(grade))
    at = read_moment(grade.origin.handed_in_at, zone)
    week = "" if at is None else "{}-W{:02}".format(*at.astimezone(zone).isocalendar()[:2])
    late = {True: "late", False: "in time", None: ""}[grade.origin.late]
    return (
        ids.hand_in(grade),
        grade.assignment,
        " ".join(people),
        week,
        late,
        "yes" if grade.refused else "no",
        decimal(grade.points),
        decimal(grade.max_points),
    )


def _checks(grade: Grade, ids: Ids) -> Iterator[Sequence[object]]:
    for exercise in grade.exercises:
        for check in exercise.checks:
            yield (
                ids.hand_in(grade),
                grade.assignment,
                exercise.name,
                check.name,
                int(check.public),
                int(check.core),
                check.outcome.value,
                decimal(check.points),
                decimal(check.max_points),
                check.mistake,
                round(check.seconds, 1),
            )


def _questions(grade: Grade, ids: Ids) -> Iterator[Sequence[object]]:
    for question in grade.questions:
        words = -(-len(question.text.split()) // 50) * 50
        points = decimal(question.mark.points) if question.mark and question.is_marked else ""
        most = decimal(question.max_points)
        head = (ids.hand_in(grade), grade.assignment, question.name, question.status)
        yield (*head, words, points, most)


def texts(book: ClassBook, hand_ins: Mapping[str, HandIn]) -> Iterator[Text]:
    """Yield every free text of the class, with all names of it taken out as far as they are known.

    `hand_ins` are by digest. The cell with the names of the group is left out wholly.
    """
    found = owners(book.roster, book.grades)
    needles, bare = _names(book, found)
    scrub = Scrub(needles, bare)
    parts = {part for name in (*needles, *bare) for part in re.findall(r"\w{3,}", name)}
    names = re.compile(
        rf"\b(?:{'|'.join(map(re.escape, sorted(parts))) or '(?!)'})\b", re.IGNORECASE
    )
    for grade in book.grades:
        for kind, where, text in _texts_of(grade, hand_ins.get(grade.digest)):
            if text.strip():
                clear = scrub.text(text)
                told = {*TELLING.findall(clear), *names.findall(clear)}
                yield Text(grade, kind, where, clear, ", ".join(sorted(told)))


def _names(book: ClassBook, found: Owners) -> tuple[set[str], set[str]]:
    needles: set[str] = set()
    bare: set[str] = set()
    for student in found.students.values():
        own = [grade for grade in book.grades if found.owns(student, grade)]
        wide, short = names_of(student, own)
        needles |= set(wide)
        bare |= set(short)
    # Names that are nobody's on the roster are names all the same.
    members = {name for grade in book.grades for name in grade.members}
    return needles | {name for name in members if " " in name}, bare | members


def _texts_of(grade: Grade, hand_in: HandIn | None) -> Iterator[tuple[str, str, str]]:
    for question in grade.questions:
        yield "answer", question.name, question.text
        if question.mark is not None:
            yield "comment", question.name, question.mark.comment
    for exercise in grade.exercises:
        for check in exercise.checks:
            yield "message", f"{exercise.name}.{check.name}", check.detail or check.message
    try:
        code = read_notebook(hand_in.notebook).code if hand_in is not None else []
    except Refused:
        code = []
    for number, source in enumerate(code, 1):
        if "MEMBERS" not in source:
            yield "code", f"cell {number}", source


def review_list(found: Iterable[Text], ids: Ids) -> str:
    """Return the list that a person goes through; `yes` under `keep` lets a text out."""
    rows = (
        ("", ids.hand_in(t.grade), t.grade.assignment, t.kind, t.where, t.text, t.look_at)
        for t in found
    )
    return _csv(LIST, rows, as_it_is=True)


def is_reviewed(file: Path) -> bool:
    """Tell whether a person has written anything under `keep` in a list that is there already."""
    return file.exists() and any((row.get("keep") or "").strip() for row in _listed(file))


def _listed(file: Path) -> list[dict[str, str]]:
    try:
        # A spreadsheet may put a mark before the first title.
        return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8: save it as CSV in UTF-8 once more.") from error


def reviewed(file: Path, book: ClassBook, ids: Ids) -> str:
    """Return the table of the texts that a person kept; raises `UsageError` for another list."""
    known = {ids.hand_in(grade) for grade in book.grades}
    rows = _listed(file)
    if rows and not set(LIST) <= rows[0].keys():
        raise UsageError(f"{file} is not the list of texts that this command has written.")
    if any(row["hand_in"] not in known for row in rows):
        raise UsageError(f"{file} was written with another salt: its ids are not those of now.")
    kept = [row for row in rows if row["keep"].strip().casefold() == "yes"]
    return _csv(TEXTS, ([row[name] for name in TEXTS] for row in kept), as_it_is=True)


def _csv(titles: Sequence[str], rows: Rows, *, as_it_is: bool = False) -> str:
    whole = io.StringIO()
    writer = csv.writer(whole, lineterminator="\n")
    writer.writerow(titles)
    for row in rows:
        writer.writerow(
            [
                _cell(cell) if as_it_is or not isinstance(cell, str) else harmless(cell)
                for cell in row
            ]
        )
    return whole.getvalue()


def _cell(value: object) -> object:
    """Return a text that no spreadsheet takes for a formula, with its lines kept."""
    if not isinstance(value, str):
        return value
    text = value.encode("utf-8", "replace").decode().replace("\0", "")
    return f"'{text}" if text.lstrip()[:1] in {"=", "+", "-", "@"} else text
