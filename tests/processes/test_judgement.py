"""A worker that is lost under a check: whose doing was it?"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from grader.engine.slots import Lease
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
    # Rounds in which `b` fails for want of a card's memory.
    starves: int = 0
    asked: list[list[str]] = field(default_factory=list)
    begun: list[Begin] = field(default_factory=list)

    @contextmanager
    def call(self) -> Iterator["Scripted"]:
        yield self

    def judge(self, worker: object, what: Begin, patience: float) -> Iterator[Judged]:
        names = [name for _, name in what.checks]
        self.asked.append(names)
        self.begun.append(what)
        results = []
        for blank in self.checks:
            if blank.name in names:
                loses = blank.name == "b" and self.losses > 0
                starves = blank.name == "b" and self.starves > 0
                outcome = Outcome.crashed if loses else Outcome.passed
                outcome = Outcome.failed if starves else outcome
                results.append(replace(blank, outcome=outcome))
                if loses:
                    self.losses -= 1
                    yield Judged(results, lost=True)
                    return
        starved = ["b"] if self.starves > 0 and "b" in names else []
        self.starves -= 1
        yield Judged(results, told=["so it was"] if starved else [], starved=starved)


@dataclass
class Idle:
    """An execution of nothing, and a worker that we have stopped ourselves or not."""

    stopped: bool
    careful: bool = False
    ends: int = 0

    def worker(self, limits: Limits) -> AbstractContextManager["Idle"]:
        return nullcontext(self)

    def end(self) -> Ended:
        self.ends += 1
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


@dataclass
class Cards:
    """Gives out a card; notes who was alone, and whether the worker was gone in the end."""

    execution: Any
    alone: list[bool] = field(default_factory=list)
    gone: list[bool] = field(default_factory=list)

    @contextmanager
    def lease(self, kind: str, *, alone: bool) -> Iterator[Lease]:
        self.alone.append(alone)
        yield Lease("GPU-3", 0.5)
        self.gone.append(self.execution.ends > 0)


@pytest.mark.parametrize(
    ("starves", "outcome", "alone"),
    [
        (0, Outcome.passed, [False]),
        (1, Outcome.passed, [False, True]),
        (2, Outcome.failed, [False, True]),
    ],
    ids=["enough", "too little beside others", "too little alone"],
)
def test_too_little_memory_on_a_card_counts_only_alone(
    starves: int, outcome: Outcome, alone: list[bool]
) -> None:
    judges: Any = Scripted(0, starves=starves)
    execution: Any = Idle(stopped=False)
    cards: Any = Cards(execution)
    judgement = Judgement(judges, execution, Limits(), "cuda", slots=cards, kind="05_flow")
    judgement.run()
    found = {name: result.outcome for (_, name), result in judgement.results.items()}
    assert found == {"a": Outcome.passed, "b": outcome, "c": Outcome.passed}
    assert cards.alone == alone
    assert judges.asked == [["a", "b", "c"], ["b"]][: len(alone)]
    assert [(b.device, b.card, b.share) for b in judges.begun] == [("cuda", "GPU-3", 0.5)] * len(
        alone
    )
    assert all(cards.gone), "a card was given on while its worker was alive"
    assert [i.text for i in judgement.incidents] == ["so it was"] * starves
