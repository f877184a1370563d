"""The tables of `course.toml` about marks, and of `extensions.toml`, as records."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from grader.model import Reveal
from grader.policy.terms import Base


class PenaltyTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`penalty` of `[late]`: `take` this share of the points for each hour or day begun."""

    take: float
    per: Literal["hour", "day"] = "day"
    of: Base = Base.earned
    cap: float = 1.0


class LateTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`[late]`, and `[assignments.NAME.late]`, which changes some of it for one assignment."""

    grace: str | None = None
    closes: str | None = None
    days: int | None = None
    penalty: PenaltyTable | None = None
    bank: int | None = None


class AssignmentTerms(Struct, frozen=True, forbid_unknown_fields=True):
    """`[assignments.NAME]` of a course file."""

    due: datetime | None = None
    weight: float | None = None
    bonus_cap: float | None = None
    late: LateTable | None = None


class PartTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`[[parts]]` of a course file."""

    name: str
    weight: float = 1.0
    assignments: list[str] | None = None
    drop_lowest: int = 0
    best_of: int | None = None
    bonus_cap: float | None = None


class MarksTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`[marks]` of a course file."""

    zone: str = "UTC"
    out_of: float = 100.0
    bonus_cap: float | None = None
    never_lower: bool = False


class FeedbackTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`[feedback]` of a course file; without `opens` it is when nobody may hand in any more."""

    now: Reveal | None = None
    later: Reveal | None = None
    opens: datetime | None = None
    marks: bool = True


class PolicyTables(Struct, frozen=True, forbid_unknown_fields=True):
    """What stands about marks in a course file."""

    marks: MarksTable = MarksTable()
    parts: list[PartTable] = []
    late: LateTable | None = None
    assignments: dict[str, AssignmentTerms] = {}
    feedback: FeedbackTable = FeedbackTable()


class ExtensionTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`[[extensions]]` of `extensions.toml`."""

    who: list[str]
    reason: str
    assignments: list[str] = []
    until: datetime | None = None
    days: int = 0


class ExtensionTables(Struct, frozen=True, forbid_unknown_fields=True):
    """The file that says who was given more time."""

    extensions: list[ExtensionTable] = []
