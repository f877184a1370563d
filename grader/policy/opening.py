"""When students see how much of their results."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from grader.model import Reveal
from grader.policy.terms import DAY, Extension, Opening, Policy, Terms


@dataclass(frozen=True)
class View:
    """What is shown of an assignment: a level, or None for that of the assignment itself.

    `opens` is when more will be shown; None if it is or never will be.
    """

    level: Reveal | None
    marks: bool
    opens: datetime | None = None


def view_of(policy: Policy, assignment: str, now: datetime) -> View:
    """Return what students see of an assignment at a moment."""
    opening: Opening = policy.feedback
    at = opening.at or over(policy, assignment)
    if at is not None and now >= at:
        return View(opening.later or opening.now, marks=True)
    more = opening.later is not None or not opening.marks
    return View(opening.now, opening.marks, at if more else None)


def over(policy: Policy, assignment: str) -> datetime | None:
    """Return from when nobody may hand an assignment in any more; None without a deadline.

    Before that, what one student reads could help another, who has more time.
    """
    terms = policy.terms.get(assignment)
    if terms is None or terms.due is None:
        return None
    return max(_deadlines(terms, policy, policy.extensions)) + _after(terms, policy)


def _deadlines(terms: Terms, policy: Policy, extensions: Iterable[Extension]) -> list[datetime]:
    moved = (extension.moved(terms, policy.zone) for extension in extensions)
    return [due for due in (terms.due, *moved) if due is not None]


def _after(terms: Terms, policy: Policy) -> timedelta:
    if terms.late is None:
        return timedelta(0)
    if terms.late.closes is not None:
        return terms.late.closes
    # Where it never closes: as long as late days reach.
    days = policy.bank if terms.late.days is None else min(terms.late.days, policy.bank)
    return days * DAY + terms.late.grace
