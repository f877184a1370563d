"""Load the checks of an assignment once, then judge each submission in a fork."""

import contextlib
import gc
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from grader.checks.chance import Plan
from grader.checks.failures import DeviceError
from grader.checks.judging import CPU, START_SECONDS, ExerciseRun
from grader.checks.link import WireLink
from grader.checks.reference import as_object, load_namespace
from grader.checks.session import Check, Suite, with_suite
from grader.checks.show import worked_case
from grader.checks.submission import Submission
from grader.diagnosis.catalogue import Mistake
from grader.errors import CourseError, GraderError, PeerGone, WireError
from grader.local import local_submission
from grader.model import CheckResult, Outcome
from grader.notebook.source import Cell, read_cells, with_solution
from grader.processes import orders
from grader.processes.naming import Known, StandIns, explanations, load_catalogue
from grader.sandbox.kernel import PR_SET_DUMPABLE, PR_SET_PDEATHSIG, prctl
from grader.sandbox.limits import limit_memory
from grader.wire import messages
from grader.wire.channel import Channel, checker_channel
from grader.worker.warm import freeze

JUDGE_BYTES = 2 << 30


def serve_checkers(channel: Channel[orders.Order]) -> NoReturn:
    """Fork a process for every assignment that is to be loaded; none sees another's secrets."""
    # No process of the same user may look into this one from now on.
    prctl(PR_SET_DUMPABLE, 0)
    channel.send(orders.Finished())
    while True:
        try:
            order = orders.expect(channel.receive()[0], orders.LoadChecks)
        except PeerGone:
            os._exit(0)
        end = socket.socket(fileno=channel.files.pop())
        if not os.fork():
            channel.close()
            load_and_serve(order, orders.order_channel(end))
        end.close()


def load_and_serve(order: orders.LoadChecks, channel: Channel[orders.Order]) -> NoReturn:
    """Collect the checks, try them on the reference, and judge until nobody asks any more."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
        Checker(order, channel).start()
    except PeerGone:
        pass
    except BaseException as error:
        # Whatever is wrong with an assignment is told to the person who runs the grader.
        kind = "" if isinstance(error, GraderError) else f"{type(error).__name__}: "
        with contextlib.suppress(WireError):
            channel.send(orders.ChecksLoaded([], f"{kind}{error}"))
    os._exit(0)


class Checker:
    """The checks, the reference and the known mistakes of one assignment."""

    def __init__(self, order: orders.LoadChecks, channel: Channel[orders.Order]) -> None:
        self.order, self.channel = order, channel
        self.suite = Suite(order.secret, order.assignment, Path(order.public))
        self.reference: dict[str, Any] = {}
        self.catalogue: dict[str, Known] = {}
        self.stand_ins: dict[str, str] = {}
        # A worked small case of each exercise, from what public checks ask.
        self.examples: dict[str, str] = {}

    def start(self) -> None:
        """Load everything and serve."""
        files = [Path(self.order.public)]
        # The reference finds its data where a student's notebook does.
        os.chdir(files[0].parent)
        if self.order.hidden:
            hidden = Path(self.order.hidden)
            cells = read_cells(hidden / "solution.py")
            self.reference = load_namespace("reference", reference_sources(cells))
            self.suite.reference = as_object(self.reference)
            self.stand_ins = load_stand_ins(hidden, self.reference)
            self.catalogue = load_catalogue(hidden, self.reference, self._stand_ins_of)
            files.append(hidden / "checks.py")
        with_suite(self.suite, files, self.serve)

    def _stand_ins_of(self, exercise: str) -> StandIns:
        names = self.order.depends.get(exercise, [])
        sources = [self.stand_ins[name] for name in names if name in self.stand_ins]
        functions = {n: self.reference[n] for n in names if n not in self.stand_ins}
        return StandIns(sources, functions)

    def serve(self, suite: Suite) -> None:
        """Try the checks on the reference, then fork for each submission."""
        chances = self._prove(suite)
        freeze()
        blanks = [check.blank for check in suite.checks]
        self.channel.send(orders.ChecksLoaded(blanks, chances=chances))
        while True:
            orders.expect(self.channel.receive()[0], orders.CallJudge)
            end = socket.socket(fileno=self.channel.files.pop())
            if not os.fork():
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                self.channel.close()
                self.judge(orders.order_channel(end))
            end.close()

    def judge(self, channel: Channel[orders.Order]) -> NoReturn:
        """Wait for a worker, then judge it; never returns."""
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # A short life: what is garbage in it goes with it.
        gc.disable()
        # Its functions may be called with anything: what is too much must be their error.
        limit_memory(JUDGE_BYTES)
        with contextlib.suppress(PeerGone):
            channel.send(orders.Called(os.getpid()))
            order = orders.expect(channel.receive()[0], orders.Begin)
            wire = socket.socket(fileno=channel.files.pop())
            Judging(self, wire, channel, order).run()
        os._exit(0)

    def _prove(self, suite: Suite) -> list[orders.ChanceTaken]:
        """Return the statistical comparisons that checks make; warms every check on the way.

        Raises `CourseError` if the reference fails a check.
        """
        chances: list[orders.ChanceTaken] = []
        for check in suite.checks if self.reference else ():
            submission = local_submission(self.reference)
            result = suite.prove(check, submission)
            if result.outcome is not Outcome.passed:
                name = f"{self.order.assignment}: {check.exercise}/{check.blank.name}"
                raise CourseError(name, f"the reference itself fails this check\n{result.detail}")
            chances += [chance_taken(check, plan) for plan in suite.plans()]
            if check.blank.public and not self.examples.get(check.exercise):
                self.examples[check.exercise] = worked_case(submission.trace, check.exercise)
        return chances


@dataclass(frozen=True)
class Fork:
    """A fork of the executed notebook, ordered and perhaps not up yet."""

    channel: Channel[messages.FromWorker]
    number: int
    device: str


class Judging:
    """One submission before its judge; lives in a process of its own."""

    def __init__(
        self,
        checker: Checker,
        wire: socket.socket,
        results: Channel[orders.Order],
        order: orders.Begin,
    ) -> None:
        self.checker, self.results, self.order = checker, results, order
        self.base = checker_channel(wire)
        self.device = order.device
        per_exercise = Counter(check.exercise for check in checker.suite.checks)
        self.fork_seconds = checker.order.seconds * max(per_exercise.values(), default=1)
        self.fork: Fork | None = None
        self.spare: Fork | None = None
        self.spares = False
        self.stand_ins: Sequence[str] = ()
        self.failed: set[str] = set(order.failed)

    def run(self) -> None:
        """Judge by the checks ordered, exercise by exercise, and send the results of each."""
        wanted = set(self.order.checks)
        chosen = [c for c in self.checker.suite.checks if (c.exercise, c.blank.name) in wanted]
        exercises = list(dict.fromkeys(check.exercise for check in chosen))
        for exercise in exercises:
            checks = [check for check in chosen if check.exercise == exercise]
            self.spares = exercise != exercises[-1]
            judged = self._judge(exercise, checks)
            self.results.send(judged)
            if judged.lost:
                break
        self.results.send(orders.Finished())

    def _judge(self, exercise: str, checks: list[Check]) -> orders.Judged:
        depends = self.checker.order.depends.get(exercise, [])
        run = self._checks_run(depends)
        results = run.run(checks)
        failed = [result for result in results if result.outcome is not Outcome.passed]
        if any(result.core and result.outcome is Outcome.failed for result in failed):
            self.failed.add(exercise)
        fits = self._fitting(exercise, run) if failed else []
        if len({mistake.title for mistake in fits}) == 1:
            results = [with_mistake(result, fits[0]) for result in results]
        example = self.checker.examples.get(exercise, "")
        results = [with_example(result, example) for result in results]
        # Worth saying only where the stand-ins have made a difference.
        note = "" if failed or self.failed.isdisjoint(depends) else self._with_own(checks)
        return orders.Judged(
            results,
            note,
            run.lost,
            run.told,
            run.starved,
            used=run.used,
            fits=[mistake.id for mistake in fits],
        )

    def _fitting(self, exercise: str, run: ExerciseRun) -> list[Mistake]:
        known = self.checker.catalogue.get(exercise)
        if known is None:
            return []
        seconds = self.checker.order.seconds
        return explanations(known, run.failed, run.passed, seconds)

    def _checks_run(self, stand_ins: Sequence[str]) -> ExerciseRun:
        self.stand_ins = stand_ins
        order = self.checker.order
        suite = self.checker.suite
        seconds, reveal = order.seconds, order.reveal
        return ExerciseRun(suite, self._open, self._close, seconds, reveal, self.device)

    def _with_own(self, checks: list[Check]) -> str:
        """Say what happens with the student's own functions where the reference stood in."""
        results = self._checks_run(()).run(checks)
        bad = sum(result.outcome is not Outcome.passed for result in results)
        if not bad:
            return "It also passes with your own functions in place."
        return (
            f"With your own functions in place, {bad} of {len(results)} checks fail; the points "
            "were given with correct ones standing in."
        )

    def _open(self, deadline: float, device: str) -> Submission:
        if self.spare is not None and self.spare.device == device:
            self.fork, self.spare = self.spare, None
        else:
            self.fork = self._order_fork(deadline, device)
        # The next one is made while this one works. A second one would crowd a graphics card.
        if self.spares and self.spare is None and device == CPU == self.device:
            self.spare = self._order_fork(deadline, device)
        reply, _ = self.fork.channel.receive(deadline)
        if isinstance(reply, messages.Raised):
            self._close()
            self.device = CPU
            raise DeviceError(f"{reply.kind}: {reply.text[:300]}")
        submission = Submission(WireLink(self.fork.channel), device)
        submission.deadline = deadline
        for name in self.stand_ins:
            source = self.checker.stand_ins.get(name)
            if source is None:
                submission.stand_in(name, self.checker.reference[name])
            else:
                submission.define(source)
        return submission

    def _order_fork(self, deadline: float, device: str) -> Fork:
        ours, theirs = socket.socketpair()
        fork = Fork(checker_channel(ours), messages.new_id(), device)
        with theirs:
            card, share = self.order.card, self.order.share
            seconds = self.fork_seconds + (0.0 if device == CPU else START_SECONDS)
            order = messages.Fork(fork.number, seconds, device, card, share)
            self.base.send(order, deadline=deadline, files=[theirs.fileno()])
        return fork

    def _close(self) -> None:
        if self.fork is not None:
            self.fork.channel.close()
            # A worker that is gone is noticed when the next fork is wanted.
            with contextlib.suppress(WireError):
                self.base.send(messages.Forget(self.fork.number), deadline=time.monotonic() + 1)
            self.fork = None


def reference_sources(cells: Sequence[Cell]) -> list[str]:
    """Return the code of a solution that makes up the reference."""
    return [with_solution(cell.source) for cell in cells if cell.is_reference]


def with_example(result: CheckResult, example: str) -> CheckResult:
    """Return a result with a worked small case, where it has failed."""
    return replace(result, example=example) if result.outcome is Outcome.failed else result


def chance_taken(check: Check, plan: Plan | None) -> orders.ChanceTaken:
    """Return what the certificate says of one statistical comparison."""
    name = check.exercise, check.blank.name
    return (
        orders.ChanceTaken(*name, plan.sizes[-1], plan.detects)
        if plan
        else orders.ChanceTaken(*name)
    )


def load_stand_ins(hidden: Path, reference: dict[str, Any]) -> dict[str, str]:
    """Return the code that stands in for exercises where a callback would not do, by exercise.

    It runs beside student code, so it is made of public library functions: gradients flow
    through it, and classes can be derived from it. Raises `CourseError` if it does not run.
    """
    file = hidden / "stand_ins.py"
    if not file.exists():
        return {}
    found = {
        str(cell.metadata.get("stand_in")): cell.source
        for cell in read_cells(file)
        if cell.kind == "code"
    }
    for name, source in found.items():
        if name not in load_namespace(f"stand-in {name}", [source], reference):
            raise CourseError(file, f"the cell for {name} does not define it")
    return found


def with_mistake(result: CheckResult, mistake: Mistake) -> CheckResult:
    """Return a failed result with the name and the hint of the mistake it looks like."""
    if result.outcome is Outcome.passed:
        return result
    return replace(result, mistake=mistake.title, hint=mistake.hint or result.hint)
