"""Bring one submission before its judges until every check has a result."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

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

Key = tuple[str, str]


@dataclass
class Judgement:
    """The results of a submission, check by check, as they come in.

    `only` names the one exercise to judge, `unknown` a mistake that the catalogue is to forget.
    `results` may hold some from before: those checks are not made again.
    """

    judges: Judges
    execution: Execution
    limits: Limits
    device: str = "cpu"
    only: str = ""
    unknown: str = ""
    results: dict[Key, CheckResult] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    incidents: list[Incident] = field(default_factory=list)
    tries: Counter[Key] = field(default_factory=Counter)
    judge_died: str = ""
    # The first loss of a whole worker that we have not stopped ourselves may be somebody else's
    # doing, such as the kernel's for want of memory: that check is made once more.
    has_lost: bool = False
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
        with self.judges.call() as judge, self.execution.worker(self.limits) as worker:
            try:
                patience = PATIENCE + 4 * len(waiting) * self.limits.check_seconds
                what = Begin(waiting, self.device, self.unknown, self._failed())
                for judged in judge.judge(worker, what, patience):
                    self._take(self._believed(judged, worker), judged.note)
            except WireError as error:
                self.judge_died = str(error)
        self.execution.careful |= len(self.results) == before

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
