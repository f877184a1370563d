"""Who takes part in a course: their names, numbers and teams, and since when."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from grader.model import Person

MAX_NAME = 100


@dataclass(frozen=True)
class Membership:
    """A time in a team, from `since` until just before `until`; None is without end."""

    team: str
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, moment: datetime | None) -> bool:
        """Tell whether somebody was in the team at a moment; None is now, after all changes."""
        if moment is None:
            return self.until is None
        begun = self.since is None or self.since <= moment
        return begun and (self.until is None or moment < self.until)


@dataclass(frozen=True)
class Student:
    """Somebody on the roster, by the name of now; `site` is the one that `person.id` is from."""

    person: Person
    site: str = ""
    other_names: tuple[str, ...] = ()
    teams: tuple[Membership, ...] = ()
    left: bool = False

    @property
    def key(self) -> str:
        """Return what somebody is known by for good, whatever they are called."""
        who = self.person
        numbered = f"{self.site} {who.id}" if who.id else ""
        return known(who.account or numbered or who.email or who.name)

    @property
    def name(self) -> str:
        """Return what a person reads."""
        return self.person.name or self.person.account or self.person.email or self.person.id

    def names(self) -> set[str]:
        """Return every spelling of every name, past ones too, in a form that can be compared."""
        return {text for name in (self.person.name, *self.other_names) for text in spellings(name)}

    def accounts(self) -> set[str]:
        """Return the logins, numbers of the institution and addresses."""
        return {known(text) for text in (self.person.account, self.person.email) if text}

    def answers_to(self, text: str) -> bool:
        """Tell whether a text names this student in any way."""
        numbers = {known(self.person.id)} - {""}
        return bool(spellings(text) & (self.names() | self.accounts() | numbers))

    def team_at(self, moment: datetime | None) -> str:
        """Return the team at a moment, or nothing; None is now."""
        return next((m.team for m in reversed(self.teams) if m.holds(moment)), "")


def clean(text: str) -> str:
    """Return a name on one line, without control characters, of bounded length."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 10 * MAX_NAME])
    return " ".join(printable.split())[:MAX_NAME]


def known(text: str) -> str:
    """Return a form in which equal names and addresses are equal."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def spellings(name: str) -> set[str]:
    """Return a name in both orders, where a comma shows the other one."""
    last, comma, first = name.partition(",")
    both = {known(name), known(f"{first} {last}") if comma else ""}
    return both - {""}
