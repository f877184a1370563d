"""What the commands that grade share: how to, from their options, and stopping when told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import Interrupted
from grader.model import Level

if TYPE_CHECKING:
    from grader.cli.progress import Progress
    from grader.grading import Plan
    from grader.results import Results


@dataclass(frozen=True)
class How:
    """How to grade: submissions at a time, the walls that must stand, the device, where."""

    jobs: int
    required: Level
    device: str = "auto"
    executor: str = "local"
    afresh: bool = False


def plan_of(
    results: "Results", how: How, hidden: tuple[Path, ...] = (), *, decided: bool = True
) -> "Plan":
    """Return how to grade into a folder of results; raises `UsageError` for a wrong executor.

    Unless `decided`, a grade is worked out again even where nothing has changed.
    """
    from grader.engine.choose import read_choice
    from grader.grading import Plan

    return Plan(
        results.course,
        results.book,
        hidden,
        results.out,
        how.jobs,
        how.required,
        # Not a card of its own accord: verdicts are the same, and small checks are quicker here.
        "cpu" if how.device == "auto" else how.device,
        read_choice(how.executor),
        how.afresh,
        decided,
    )


@contextmanager
def stoppable(progress: "Progress", out: Path) -> Iterator[None]:
    """Say what is done when a person stops the command; raises `Interrupted` then."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(progress.stopped(out)) from None
