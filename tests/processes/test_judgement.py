"""A worker that is lost under a check: whose doing was it?"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from grader.model import CheckResult, Limits, Outcome
from grader.processes.judgement import Judgement
from grader.processes.orders import Judged

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

    def judge(self, worker: object, waiting: list[tuple[str, str]], *_: object) -> Iterator[Judged]:
        names = [name for _, name in waiting]
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


class Idle(SimpleNamespace):
    """An execution of nothing."""

    careful = False

    def worker(self, limits: Limits) -> AbstractContextManager[None]:
        return nullcontext()


@pytest.mark.parametrize(
    ("losses", "outcome", "rounds"),
    [(1, Outcome.passed, 2), (2, Outcome.crashed, 3)],
    ids=["once, by somebody else", "again, by itself"],
)
def test_a_lost_worker_is_believed_the_second_time(
    losses: int, outcome: Outcome, rounds: int
) -> None:
    judges: Any = Scripted(losses)
    execution: Any = Idle()
    judgement = Judgement(judges, execution, Limits())
    judgement.run()
    found = {name: result.outcome for (_, name), result in judgement.results.items()}
    assert found == {"a": Outcome.passed, "b": outcome, "c": Outcome.passed}
    assert judges.asked == [["a", "b", "c"], ["b", "c"], ["c"]][:rounds]
    assert bool(judgement.incidents) is (losses == 2)
