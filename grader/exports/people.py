"""Which line of a course site's table a hand-in belongs to; nothing is guessed.

What the site says of a hand-in comes first. Names written into a notebook count only where
exactly one line has that name, and never against what the site says.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.model import Grade, Person
from grader.roster import known, spellings


@dataclass(frozen=True)
class Row:
    """Somebody's line in a table: its number in the file, and all it says of who that is."""

    at: int
    name: str
    id: str = ""
    accounts: frozenset[str] = frozenset()

    @property
    def who(self) -> str:
        """What a person reads this line by."""
        return self.name or f"Number {self.id}"


@dataclass(frozen=True)
class Matched:
    """The grade for each line, and a sentence for whatever has none or was left out."""

    grades: Mapping[int, Grade]
    problems: tuple[str, ...]


def match(site: str, rows: Sequence[Row], grades: Iterable[Grade]) -> Matched:
    """Give each line of a table its grade; a line whose hand-in is missing gets none."""
    wanted = _Wanted(site, rows)
    for grade in sorted(grades, key=lambda grade: grade.submission):
        wanted.place(grade)
    return wanted.settled()


class _Wanted:
    """Collects who wants to be in which line, then settles it."""

    def __init__(self, site: str, rows: Sequence[Row]) -> None:
        self.site, self.rows = site, rows
        self.problems: list[str] = []
        # What the site says, and what a notebook says.
        self.sure: dict[int, list[Grade]] = defaultdict(list)
        self.claimed: dict[int, list[Grade]] = defaultdict(list)

    def place(self, grade: Grade) -> None:
        """Find the lines of everybody who has handed something in."""
        people = grade.origin.people
        for person in people:
            row = self._row_of(person, grade.origin.site)
            if row is None:
                who = person.name or person.account or person.id
                self._tell(f"{who}, who handed in {grade.submission}, has no line in the table.")
            else:
                self.sure[row.at].append(grade)
        names = grade.members or (() if people else (grade.submission,))
        for name in names:
            self._claim(name, grade, all_known=len(people) >= len(names))

    def _row_of(self, person: Person, site: str) -> Row | None:
        if person.id and site == self.site:
            return _only(row for row in self.rows if row.id == person.id)
        accounts = {known(text) for text in (person.account, person.email) if text}
        row = _only(row for row in self.rows if row.accounts & accounts)
        return row or (None if accounts else self._named(person.name))

    def _named(self, name: str) -> Row | None:
        return _only(row for row in self.rows if spellings(row.name) & spellings(name))

    def _claim(self, name: str, grade: Grade, *, all_known: bool) -> None:
        row = self._named(name)
        if row is not None:
            self.claimed[row.at].append(grade)
        elif not all_known:
            self._tell(
                f"{name}, named in {grade.submission}, is not the name of exactly one line. Put "
                "their grade in by hand."
            )

    def settled(self) -> Matched:
        """Return one grade for each line where there is exactly one to return."""
        grades = {}
        for row in self.rows:
            grade = self._settle(row)
            if grade is not None:
                grades[row.at] = grade
        return Matched(grades, tuple(self.problems))

    def _settle(self, row: Row) -> Grade | None:
        found = self.sure.get(row.at) or self.claimed.get(row.at, [])
        others = [g for g in self.claimed.get(row.at, []) if g not in found and differs(g, found)]
        for other in others:
            self._tell(f"{row.who} is also named in {other.submission}: not counted for them.")
        if not found:
            self._tell(f"{row.who} has no hand-in: left as it is.")
        elif any(differs(grade, found[:1]) for grade in found):
            several = ", ".join(grade.submission for grade in found)
            self._tell(f"{row.who} has several hand-ins ({several}): left as it is.")
        elif problem := unfinished(found[0]):
            self._tell(f"{row.who} ({found[0].submission}) {problem}: left as it is.")
        else:
            return found[0]
        return None

    def _tell(self, sentence: str) -> None:
        self.problems.append(sentence)


def differs(grade: Grade, others: Iterable[Grade]) -> bool:
    """Tell whether a hand-in would be given another grade than others."""
    return any(
        (grade.points, unfinished(grade)) != (other.points, unfinished(other)) for other in others
    )


def unfinished(grade: Grade) -> str:
    """Return why a grade is none yet; empty if it is one."""
    if not grade.is_decided:
        return "could not be graded"
    return "waits for a person" if any(e.pending for e in grade.exercises) else ""


def _only(rows: Iterable[Row]) -> Row | None:
    found = list(rows)
    return found[0] if len(found) == 1 else None
