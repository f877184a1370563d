"""A worker that is lost under a check: whose doing was it?"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from grader.model import CheckResult, Limits, Outcome
from grader.processes.judgement import Judgement
from grader.processes.orders import Begin, Judged
from grader.wire.messages import Ended

BLANKS = [
    CheckResult(name, "f", True, False, Outcome.not_run, "It is so.") for name in ("a", "b", "c")
]


@dataclass
class Scripted:
    """Judges who lose the worker under the check `b` as often as they are told to."""

    losses: int
    checks: list[CheckResult] = field(default_factory=lambda: list(BLANKS))
    asked: list[list[str]] = field(default_factory=list)

    @contextmanager
    def call(self) -> Iterator["Scripted"]:
        yield self

    def judge(self, worker: object, what: Begin, patience: float) -> Iterator[Judged]:
        names = [name for _, name in what.checks]
        self.asked.append(names)
        results = []
        for blank in self.checks:
            if blank.name in names:
                loses = blank.name == "b" and self.losses > 0
                outcome = Outcome.crashed if loses else Outcome.passed
                results.append(replace(blank, outcome=outcome))
                if loses:
                    self.losses -= 1
                    yield Judged(results, lost=True)
                    return
        yield Judged(results)


@dataclass
class Idle:
    """An execution of nothing, and a worker that we have stopped ourselves or not."""

    stopped: bool
    careful: bool = False

    def worker(self, limits: Limits) -> AbstractContextManager["Idle"]:
        return nullcontext(self)

    def end(self) -> Ended:
        return Ended(0, 9, "", stopped=self.stopped)


@pytest.mark.parametrize(
    ("losses", "stopped", "outcome", "rounds"),
    [
        (1, False, Outcome.passed, [["a", "b", "c"], ["b", "c"]]),
        (2, False, Outcome.crashed, [["a", "b", "c"], ["b", "c"], ["c"]]),
        (1, True, Outcome.crashed, [["a", "b", "c"], ["c"]]),
    ],
    ids=["once, by somebody else", "again, by itself", "for taking too much"],
)
def test_a_lost_worker_is_believed_the_second_time(
    losses: int, stopped: bool, outcome: Outcome, rounds: list[list[str]]
) -> None:
    judges: Any = Scripted(losses)
    execution: Any = Idle(stopped)
    judgement = Judgement(judges, execution, Limits())
    judgement.run()
    found = {name: result.outcome for (_, name), result in judgement.results.items()}
    assert found == {"a": Outcome.passed, "b": outcome, "c": Outcome.passed}
    assert judges.asked == rounds
    assert bool(judgement.incidents) is (outcome is Outcome.crashed)
