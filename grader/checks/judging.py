"""Run the checks of one exercise so that none of them can spoil the next."""

import re
import time
from collections.abc import Callable
from dataclasses import replace

from grader.checks.failures import DeviceError, LinkBrokenError
from grader.checks.session import Check, Suite
from grader.checks.submission import Submission
from grader.errors import WireError
from grader.model import CheckResult, Outcome, Reveal
from grader.wire.steps import Step

CPU = "cpu"
# What a fork needs on top, to start a graphics card.
START_SECONDS = 30.0
OUT_OF_MEMORY = re.compile(r"CUDA out of memory|OutOfMemoryError|CUBLAS_STATUS_ALLOC_FAILED")

# Opens a fresh fork of the executed notebook on a device, giving up at a deadline; closes it again.
OpenFork = Callable[[float, str], Submission]
CloseFork = Callable[[], None]


class ExerciseRun:
    """The checks of one exercise against fresh forks of one executed notebook.

    Checks share a fork as long as they pass. After any other end the fork is thrown away, so the
    next check starts alone; a check that failed in a fork others had used before is run again
    alone, and that result counts.

    On a graphics card the verdict is the CPU's all the same: a check that fails there is run again
    on the CPU, and that result counts. `told` says where the two differed, `starved` names the
    checks for which the card had not enough memory and that failed on the CPU, too.
    """

    def __init__(
        self,
        suite: Suite,
        open_fork: OpenFork,
        close_fork: CloseFork,
        seconds: float,
        reveal: Reveal,
        device: str = CPU,
    ) -> None:
        self.device = device
        self.told: list[str] = []
        self.starved: list[str] = []
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
        if self.device != CPU:
            return self._on_cpu(check, result)
        if was_alone and result.outcome is not Outcome.crashed:
            return result
        # It may have been spoilt by a check before it, or its process killed by somebody else for
        # memory: only what it does alone counts, and a crash only when it comes again.
        return self._once(check) or result

    def _on_cpu(self, check: Check, failed: CheckResult) -> CheckResult | None:
        """Let the CPU judge what the card has failed; its result is the one that counts."""
        result = self._once(check, CPU)
        # The next check goes back to the card.
        self._close()
        if result is None:
            return failed
        first = (failed.detail or failed.message).partition("\n")[0][:200]
        if result.outcome is Outcome.passed:
            self.told.append(
                f"{check.blank.name}: passes on the CPU, but not on the card ({first})"
            )
        elif OUT_OF_MEMORY.search(failed.detail + failed.message):
            self.starved.append(check.blank.name)
        return result

    def _once(self, check: Check, device: str = "") -> CheckResult | None:
        self._is_fresh = self._fork is None
        if self._fork is None and not self._open(device or self.device):
            return None
        submission = self._fork
        assert submission is not None
        submission.deadline = time.monotonic() + self.seconds
        result = self.suite.run(check, submission, self.reveal)
        self._trace = list(submission.trace)
        if result.outcome is not Outcome.passed:
            self._close()
        return result

    def _open(self, device: str) -> bool:
        start = self.seconds if device == CPU else self.seconds + START_SECONDS
        try:
            self._fork = self.open_fork(time.monotonic() + start, device)
        except DeviceError as error:
            self.told.append(f"the card could not be used, so the CPU judged ({error})")
            self.device = CPU
            return self._open(CPU)
        except (WireError, LinkBrokenError):
            self.lost = True
        return not self.lost

    def _close(self) -> None:
        if self._fork is not None:
            self.close_fork()
            self._fork = None


NOT_RUN = "Not run: an earlier check of this exercise already ran out of time."
