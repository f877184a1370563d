"""Run the checks of one exercise so that none of them can spoil the next."""

import time
from collections.abc import Callable
from dataclasses import replace

from grader.checks.session import Check, Suite
from grader.checks.submission import Step, Submission
from grader.model import CheckResult, Outcome, Reveal

# Opens a fresh fork of the executed notebook that gives up at a deadline; closes it again.
OpenFork = Callable[[float], Submission]
CloseFork = Callable[[], None]


class ExerciseRun:
    """The checks of one exercise against fresh forks of one executed notebook.

    Checks share a fork as long as they pass. After any other end the fork is thrown away, so the
    next check starts alone; a check that failed in a fork others had used before is run again
    alone, and that result counts.
    """

    def __init__(
        self, suite: Suite, open_fork: OpenFork, close_fork: CloseFork, seconds: float, reveal: Reveal
    ) -> None:
        self.suite, self.seconds, self.reveal = suite, seconds, reveal
        self.open_fork, self.close_fork = open_fork, close_fork
        self.trace: list[Step] = []
        self._fork: Submission | None = None

    def run(self, checks: list[Check]) -> list[CheckResult]:
        """Return one result per check, in order."""
        results: list[CheckResult] = []
        for check in checks:
            if any(result.core and result.outcome is Outcome.timed_out for result in results):
                # The points are gone already, and every further check may cost its whole time.
                results.append(replace(check.blank, message=NOT_RUN))
            else:
                results.append(self._confirmed(check))
        self._close()
        return results

    def _confirmed(self, check: Check) -> CheckResult:
        was_alone = self._fork is None
        result = self._once(check)
        if result.outcome is not Outcome.passed and not was_alone:
            result = self._once(check)
        return result

    def _once(self, check: Check) -> CheckResult:
        deadline = time.monotonic() + self.seconds
        submission = self._fork or self.open_fork(deadline)
        submission.deadline = deadline
        self._fork = submission
        result = self.suite.run(check, submission, self.reveal)
        if result.outcome is not Outcome.passed:
            self.trace += submission.trace
            self._close()
        return result

    def _close(self) -> None:
        if self._fork is not None:
            self.close_fork()
            self._fork = None


NOT_RUN = "Not run: an earlier check of this exercise already ran out of time."
