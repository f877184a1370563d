"""Bring one submission before its judges until every check has a result."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from grader.engine.slots import Lease, Slots
from grader.errors import WireError
from grader.model import CheckResult, Incident, Limits, Outcome
from grader.processes.executing import Execution
from grader.processes.launch import Judges, WorkerProcess
from grader.processes.orders import Begin, Judged

# Every round runs the notebook anew: a notebook whose checks keep killing it is given up on.
MAX_ROUNDS = 7
MAX_TRIES = 2
# A check has its seconds, is confirmed alone, and may be made again with the student's own
# functions: a judge that says nothing for longer is stuck.
PATIENCE = 60.0
# What a check may need on top where a graphics card has to be started for it.
CARD_SECONDS = 40.0

Key = tuple[str, str]


@dataclass
class Judgement:
    """The results of a submission, check by check, as they come in.

    `only` names the one exercise to judge; `watch` is called whenever results have come in.
    `slots` gives out graphics cards, where the device is one; `kind` is what their use is like.
    `results` may hold some from before: those checks are not made again.
    """

    judges: Judges
    execution: Execution
    limits: Limits
    device: str = "cpu"
    only: str = ""
    slots: Slots | None = None
    kind: str = ""
    watch: Callable[[], None] = lambda: None
    results: dict[Key, CheckResult] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    used: dict[str, float] = field(default_factory=dict)
    fits: list[str] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    tries: Counter[Key] = field(default_factory=Counter)
    judge_died: str = ""
    # The first loss of a whole worker that we have not stopped ourselves may be somebody else's
    # doing, such as the kernel's for want of memory: that check is made once more.
    has_lost: bool = False
    # Checks that a card had too little memory for are made once more, with nobody beside them.
    has_starved: bool = False
    given_up: set[Key] = field(default_factory=set)

    def run(self) -> None:
        """Fill `results` with one result for every check of the assignment.

        A worker that dies under a check is replaced by a fresh one for the checks that are left; a
        judge that dies, or cannot decide, is asked once more.
        """
        for _ in range(MAX_ROUNDS):
            waiting = self._waiting()
            if not waiting:
                return
            self._round(waiting)
        self._give_up()

    def doubtful(self) -> set[str]:
        """Return the exercises with a result that may have another cause than the hand-in."""
        return {
            result.exercise
            for key, result in self.results.items()
            if result.outcome is Outcome.grader_fault
            or (result.outcome is Outcome.crashed and self.has_lost)
            or key in self.given_up
        }

    def _failed(self) -> list[str]:
        wrong = (r for r in self.results.values() if r.core and r.outcome is Outcome.failed)
        return list(dict.fromkeys(result.exercise for result in wrong))

    def _waiting(self) -> list[Key]:
        """Return the checks that have no result, or one that the grader may still better."""
        wanted = [blank for blank in self.judges.checks if self.only in ("", blank.exercise)]
        return [key for key in map(key_of, wanted) if self._is_open(key)]

    def _is_open(self, key: Key) -> bool:
        if key not in self.results:
            return True
        is_fault = self.results[key].outcome is Outcome.grader_fault
        return is_fault and self.tries[key] < MAX_TRIES

    def _round(self, waiting: list[Key]) -> None:
        self.judge_died, before = "", len(self.results)
        alone, patience = self.has_starved, self._patience(len(waiting))
        with (
            self.judges.call() as judge,
            self.execution.worker(self.limits) as worker,
            self._lease(worker, alone=alone) as lease,
        ):
            try:
                what = Begin(waiting, self.device, lease.card, lease.share, self._failed())
                for judged in judge.judge(worker, what, patience):
                    fed = self._fed(judged, self._believed(judged, worker), alone=alone)
                    self._take(fed, judged.note)
                    self.used |= judged.used
                    self.fits = judged.fits
            except WireError as error:
                self.judge_died = str(error)
        self.execution.careful |= len(self.results) == before and alone == self.has_starved

    @contextmanager
    def _lease(self, worker: WorkerProcess, *, alone: bool) -> Iterator[Lease]:
        """Yield a graphics card, where one is wanted; the worker is gone when it is given on."""
        if self.slots is None:
            yield Lease("", 1.0)
            return
        with self.slots.lease(self.kind, alone=alone) as lease:
            try:
                yield lease
            finally:
                worker.end()

    def _patience(self, checks: int) -> float:
        start = 0.0 if self.slots is None else CARD_SECONDS
        return PATIENCE + 4 * checks * (self.limits.check_seconds + start)

    def _fed(self, judged: Judged, results: list[CheckResult], *, alone: bool) -> list[CheckResult]:
        """Return the results to keep: not yet those of checks that lacked the memory of a card."""
        if results:
            where = f"{results[0].exercise} on the graphics card"
            self.incidents += [Incident(where, text) for text in judged.told]
        if alone or not judged.starved:
            return results
        self.has_starved = True
        return [result for result in results if result.name not in judged.starved]

    def _believed(self, judged: Judged, worker: WorkerProcess) -> list[CheckResult]:
        """Return the results to keep: not the crash that the first lost worker ended with."""
        results = judged.results
        if not judged.lost or self.has_lost or worker.end().stopped:
            return results
        self.has_lost = True
        crashed = results and results[-1].outcome is Outcome.crashed
        return results[:-1] if crashed else results

    def _take(self, results: Sequence[CheckResult], note: str) -> None:
        for result in results:
            key = key_of(result)
            self.results[key] = result
            self.tries[key] += 1
            if note:
                self.notes[result.exercise] = note
            if result.outcome in TOLD:
                text = f"{TOLD[result.outcome]} {result.detail}"
                self.incidents.append(Incident(f"{result.exercise}/{result.name}", text))
        self.watch()

    def _give_up(self) -> None:
        outcome = Outcome.grader_fault if self.judge_died else Outcome.crashed
        message = FAULT if self.judge_died else CRASHED
        open_now = self.given_up = set(self._waiting())
        for blank in self.judges.checks:
            if key_of(blank) in open_now:
                done = replace(blank, outcome=outcome, message=message, hint="")
                self.results[key_of(blank)] = done
        self.incidents.append(Incident("checks", f"{message} {self.judge_died}".strip()))


CRASHED = "Not decided: the notebook keeps ending the process it runs in."
FAULT = "The grader could not decide this; a person will look."
TOLD = {
    Outcome.crashed: "A check ended its process.",
    Outcome.grader_fault: "A check of ours broke.",
}


def key_of(result: CheckResult) -> Key:
    """Return what tells a check from the others of its assignment."""
    return result.exercise, result.name
