"""Made-up policies and students."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from grader.policy.terms import Entry, Lateness, Part, Penalty, Policy, Terms

DUE = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
END = datetime(2027, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def terms(number: int, late: Lateness | None = None, **more: object) -> Terms:
    """One of several assignments of 20 points, a week apart."""
    due = DUE + number * timedelta(weeks=1)
    given = {"maximum": Fraction(20), "weight": Fraction(20), "due": due, "late": late}
    return Terms(f"a{number}", **given | more)  # type: ignore[arg-type]


def policy(*all_terms: Terms, **more: object) -> Policy:
    """A policy with one part, unless there are others."""
    names = tuple(t.name for t in all_terms)
    given = {"terms": {t.name: t for t in all_terms}, "parts": (Part("homework", names),)}
    return Policy(**given | more)  # type: ignore[arg-type]


def entry(number: int, earned: float | str, after: timedelta = -HOUR, **more: object) -> Entry:
    """What somebody handed in so long after the deadline, out of 20 points."""
    at = DUE + number * timedelta(weeks=1) + after
    given = {"submission": f"hand-in {number}", "maximum": Fraction(20), "at": at}
    return Entry(f"a{number}", earned=Fraction(earned), **given | more)  # type: ignore[arg-type]


TENTH = Lateness(penalty=Penalty(Fraction(1, 10)))
