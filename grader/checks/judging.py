"""Run the checks of one exercise so that none of them can spoil the next."""

import time
from collections.abc import Callable
from dataclasses import replace

from grader.checks.failures import LinkBrokenError
from grader.checks.session import Check, Suite
from grader.checks.submission import Submission
from grader.errors import WireError
from grader.model import CheckResult, Outcome, Reveal
from grader.wire.steps import Step

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
        self,
        suite: Suite,
        open_fork: OpenFork,
        close_fork: CloseFork,
        seconds: float,
        reveal: Reveal,
    ) -> None:
        self.suite, self.seconds, self.reveal = suite, seconds, reveal
        self.open_fork, self.close_fork = open_fork, close_fork
        # What was asked and answered in failed checks, each alone, and in passed ones, by fork.
        self.failed: list[list[Step]] = []
        self.passed: list[list[Step]] = []
        # How much of its tolerance each check has used; above 1 is what it failed by.
        self.used: dict[str, float] = {}
        self.lost = False
        self._fork: Submission | None = None
        self._trace: list[Step] = []
        self._is_fresh = True

    def run(self, checks: list[Check]) -> list[CheckResult]:
        """Return one result per check, in order; fewer, and `lost` set, if no fork can be had."""
        results: list[CheckResult] = []
        for check in checks:
            if any(result.core and result.outcome is Outcome.timed_out for result in results):
                # The points are gone already, and every further check may cost its whole time.
                results.append(replace(check.blank, message=NOT_RUN, hint=""))
                continue
            result = self._confirmed(check)
            if result is not None:
                results.append(result)
                self.used[result.name] = max(self.suite.used, default=0.0)
                self._keep_trace(result.outcome is Outcome.passed)
            if self.lost:
                break
        self._close()
        return results

    def _keep_trace(self, passed: bool) -> None:
        if not passed:
            self.failed.append(self._trace)
        elif self._is_fresh or not self.passed:
            self.passed.append(self._trace)
        else:
            self.passed[-1] += self._trace

    def _confirmed(self, check: Check) -> CheckResult | None:
        was_alone = self._fork is None
        result = self._once(check)
        if result is None or result.outcome is Outcome.passed:
            return result
        if was_alone and result.outcome is not Outcome.crashed:
            return result
        # It may have been spoilt by a check before it, or its process killed by somebody else for
        # memory: only what it does alone counts, and a crash only when it comes again.
        return self._once(check) or result

    def _once(self, check: Check) -> CheckResult | None:
        deadline = time.monotonic() + self.seconds
        self._is_fresh = self._fork is None
        if self._fork is None:
            try:
                self._fork = self.open_fork(deadline)
            except (WireError, LinkBrokenError):
                self.lost = True
                return None
        submission = self._fork
        submission.deadline = deadline
        result = self.suite.run(check, submission, self.reveal)
        self._trace = list(submission.trace)
        if result.outcome is not Outcome.passed:
            self._close()
        return result

    def _close(self) -> None:
        if self._fork is not None:
            self.close_fork()
            self._fork = None


NOT_RUN = "Not run: an earlier check of this exercise already ran out of time."
