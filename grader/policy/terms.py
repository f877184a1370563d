"""What a course has decided about final marks, as frozen dataclasses; times have a zone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from fractions import Fraction

from grader.model import Reveal

DAY = timedelta(days=1)
NOTHING = Fraction(0)
ONE = Fraction(1)


class Base(StrEnum):
    """What a penalty is a share of."""

    earned = "earned"
    maximum = "maximum"


@dataclass(frozen=True)
class Penalty:
    """A share of the points for each `unit` of lateness begun, and `cap`, the largest share."""

    share: Fraction
    unit: timedelta = DAY
    base: Base = Base.earned
    cap: Fraction = ONE


@dataclass(frozen=True)
class Lateness:
    """What follows when a hand-in is late.

    Up to `grace` nothing does, after `closes` it counts for nothing. In between late days are
    spent, at most `days` on one hand-in, and what they do not cover costs the penalty; without a
    penalty it costs everything.
    """

    grace: timedelta = timedelta(0)
    closes: timedelta | None = None
    days: int | None = None
    penalty: Penalty | None = None


@dataclass(frozen=True)
class Terms:
    """One assignment: when it is due, what it weighs, how late it may be.

    Without `late` it is never late. `bonus_cap` is how far above its maximum it may count, as a
    share of it; None is without limit. That holds for the caps of parts and of the course, too.
    """

    name: str
    maximum: Fraction
    weight: Fraction
    due: datetime | None = None
    late: Lateness | None = None
    bonus_cap: Fraction | None = None


@dataclass(frozen=True)
class Part:
    """Assignments whose results make one of the numbers that the final mark is the mean of."""

    name: str
    assignments: tuple[str, ...]
    weight: Fraction = ONE
    drop_lowest: int = 0
    best_of: int | None = None
    bonus_cap: Fraction | None = None

    def keeps(self, counted: int) -> int:
        """Return how many of so many results count; always one, where there is any."""
        kept = counted - self.drop_lowest if self.best_of is None else min(counted, self.best_of)
        return min(counted, max(1, kept))


@dataclass(frozen=True)
class Extension:
    """More time for people or teams, by any of their names; without assignments it is for all.

    Either `until`, or `days` of the calendar after the deadline.
    """

    who: frozenset[str]
    reason: str
    assignments: frozenset[str] = frozenset()
    until: datetime | None = None
    days: int = 0

    def moved(self, terms: Terms, zone: tzinfo) -> datetime | None:
        """Return the deadline that it gives; None where it changes nothing."""
        if terms.due is None or (self.assignments and terms.name not in self.assignments):
            return None
        if self.until is not None:
            return self.until if self.until > terms.due else None
        # By the clock on the wall: a day in which clocks change has 23 or 25 hours.
        local = terms.due.astimezone(zone)
        return (local + timedelta(days=self.days)).astimezone(UTC)


@dataclass(frozen=True)
class Opening:
    """What students see of their results: `now`, and `later` from when it cannot help anybody."""

    now: Reveal | None = None
    later: Reveal | None = None
    at: datetime | None = None
    marks: bool = True


@dataclass(frozen=True)
class Policy:
    """Everything that a course has decided. `bank` is the late days of each student."""

    terms: Mapping[str, Terms]
    parts: tuple[Part, ...]
    zone: tzinfo = UTC
    bank: int = 0
    out_of: Fraction = Fraction(100)
    bonus_cap: Fraction | None = None
    never_lower: bool = False
    extensions: tuple[Extension, ...] = ()
    feedback: Opening = Opening()


@dataclass(frozen=True)
class Entry:
    """One hand-in as the policy sees it; `waiting` points have not been decided by a person."""

    assignment: str
    submission: str
    earned: Fraction
    maximum: Fraction
    at: datetime | None = None
    late: bool | None = None
    waiting: Fraction = NOTHING


@dataclass(frozen=True)
class Case:
    """One student: what they took part in, the time they were given, what was published.

    `floors` are points that have been given out, by assignment.
    """

    who: str
    entries: tuple[Entry, ...] = ()
    extensions: tuple[Extension, ...] = ()
    floors: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One step of a derivation: the rule, what it was applied to, what came of it."""

    rule: str
    given: str
    effect: str


@dataclass(frozen=True)
class AssignmentMark:
    """What one assignment comes to. `counted` is False while it is neither handed in nor due."""

    assignment: str
    points: Fraction
    maximum: Fraction
    submission: str = ""
    days: int = 0
    waiting: Fraction = NOTHING
    counted: bool = True
    doubt: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def share(self) -> Fraction:
        """The points as a share of the maximum."""
        return self.points / self.maximum if self.maximum else NOTHING


@dataclass(frozen=True)
class PartMark:
    """What a part comes to, as a share of all that could be had; `kept` names what counted."""

    part: str
    share: Fraction
    weight: Fraction
    kept: tuple[str, ...]
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class FinalMark:
    """A final mark with its derivation. It is None as long as nothing counts."""

    who: str
    mark: Fraction | None
    out_of: Fraction
    assignments: tuple[AssignmentMark, ...]
    parts: tuple[PartMark, ...]
    days: int
    bank: int
    lines: tuple[Line, ...] = ()

    @property
    def waiting(self) -> Fraction:
        """Points that a person has still to decide on."""
        return sum((mark.waiting for mark in self.assignments), NOTHING)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What could not be worked out, in sentences."""
        return tuple(mark.doubt for mark in self.assignments if mark.doubt)
