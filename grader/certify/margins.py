"""How far the tolerance of each check is from right answers, and from wrong ones."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from grader.certify.conditions import Condition
from grader.certify.subjects import Kind, Subject
from grader.certify.trial import Trial

# Of its tolerance a right program may use a half, and a known mistake must use it twice.
MOST_RIGHT, LEAST_WRONG = 0.5, 2.0


@dataclass
class Margin:
    """The largest errors of right programs, by condition, and the smallest of a known mistake.

    All as parts of the tolerance of one check, so 1 is the limit. Only the mistakes that the check
    was written for count: others may happen to be caught by it.
    """

    exercise: str
    check: str
    right: dict[str, float] = field(default_factory=dict)
    wrong: float = 0.0
    by: str = ""

    @property
    def problem(self) -> str:
        """Say what comes too close, or nothing."""
        name = f"{self.exercise}, check “{self.check}”"
        used = max(self.right.get("", 0), self.right.get(Condition.strided, 0))
        if used > MOST_RIGHT:
            return f"{name}: a right program uses {used:.0%} of the tolerance."
        if 0 < self.wrong < LEAST_WRONG:
            return f"{name}: mistake “{self.by}” is only {self.wrong:.2g} tolerances off."
        return ""


def margins(tried: Iterable[tuple[Subject, Trial]]) -> list[Margin]:
    """Return the margin of every check that compares numbers, in the order they first occur."""
    found: dict[tuple[str, str], Margin] = {}
    for subject, trial in tried:
        for check, used in trial.used.items():
            margin = found.setdefault((subject.exercise, check), Margin(subject.exercise, check))
            if subject.kind is not Kind.mistake or check in subject.caught_by:
                _enter(margin, subject, used, check in trial.failed)
    return [margin for margin in found.values() if margin.wrong or any(margin.right.values())]


def is_numeric(trial: Trial) -> bool:
    """Tell whether any check of a trial has compared numbers."""
    return any(trial.used.values())


def _enter(margin: Margin, subject: Subject, used: float, failed: bool) -> None:
    if subject.kind is Kind.mistake and failed and used > 1:
        if not margin.wrong or used < margin.wrong:
            margin.wrong, margin.by = used, subject.name
    elif subject.kind in {Kind.reference, Kind.variant} and not failed:
        before = margin.right.get(subject.condition, 0.0)
        margin.right[subject.condition] = max(before, used)
