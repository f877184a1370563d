"""Collect checks with pytest once, then run any of them against any submission."""

import itertools
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

from grader.checks.chance import Chance, Plan
from grader.checks.failures import CheckFailure, LinkBrokenError, Witness
from grader.checks.gauge import gauge
from grader.checks.replay import Example, recording, replay
from grader.checks.show import show, show_step
from grader.checks.spec import MARK
from grader.checks.submission import Submission
from grader.errors import CourseError, PeerTimeout, WireError
from grader.model import CheckResult, Outcome, Reveal
from grader.seeding import derive_seed

# Everything pytest brings that a check does not need; each costs time in every collection.
PLUGINS_OFF = (
    "cacheprovider", "terminal", "doctest", "junitxml", "pastebin", "faulthandler", "stepwise",
    "setuponly", "setupplan", "unittest", "debugging", "legacypath", "logging", "tmpdir",
    "monkeypatch", "recwarn", "warnings", "threadexception", "unraisableexception",
)  # fmt: skip


@dataclass(frozen=True)
class Check:
    """A collected check: the pytest item and what its mark and docstring say."""

    item: pytest.Function
    blank: CheckResult
    seed: int
    chances: int = 0

    @property
    def exercise(self) -> str:
        """Return the name of the exercise it belongs to."""
        return self.blank.exercise


@dataclass
class Run:
    """What the fixtures of the running check give out, and how it ended."""

    submission: Submission | None = None
    seed: int = 0
    chance: Chance | None = None
    failure: BaseException | None = None
    notes: list[str] = field(default_factory=list)


class Suite:
    """The checks of one assignment, collected and ready."""

    def __init__(self, secret: str, assignment: str, public_file: Path) -> None:
        self.secret, self.assignment, self.public_file = secret, assignment, public_file
        self.reference: SimpleNamespace | None = None
        self.checks: list[Check] = []
        self._run = Run()
        self._examples: dict[str, list[Example]] = {}
        # How much of their tolerance the comparisons of the last check have used.
        self.used: list[float] = []

    def run(
        self, check: Check, submission: Submission, reveal: Reveal = Reveal.everything
    ) -> CheckResult:
        """Run one check against a submission and return its result."""
        self._run = Run(submission, check.seed, Chance(self._seeds(check), check.chances))
        submission.trace.clear()
        start = time.monotonic()
        try:
            submission.seed(check.seed)
            with gauge() as self.used:
                runtestprotocol(check.item, log=False, nextitem=None)
        except LinkBrokenError as error:
            self._run.failure = error
        seconds = time.monotonic() - start
        level = Reveal.everything if check.blank.public else reveal
        result = judge(check.blank, self._run.failure, submission, seconds, level)
        if result.outcome is Outcome.passed:
            return replace(result, message="\n".join(self._run.notes))
        return result

    def prove(self, check: Check, reference: Submission) -> CheckResult:
        """Run one check against the reference, and keep the examples for the submissions."""
        with recording(check.item) as examples:
            result = self.run(check, reference)
        if examples:
            self._examples[check.item.nodeid] = examples
        return result

    # What follows are pytest's hooks and fixtures; a Suite is registered as a plugin.

    def pytest_configure(self, config: pytest.Config) -> None:
        """Declare the mark, so that --strict-markers catches a misspelt one."""
        config.addinivalue_line(
            "markers", f"{MARK}(exercise, points, hint): a check of an exercise"
        )

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Turn what pytest collected into checks."""
        self.checks = [self._check(item) for item in items if isinstance(item, pytest.Function)]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Stop at a file that cannot be collected."""
        if report.failed:
            raise CourseError(report.nodeid, f"cannot be collected\n{why(report)}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Keep the error itself; pytest's own report would format a traceback nobody reads."""
        if call.excinfo is not None and self._run.failure is None:
            self._run.failure = call.excinfo.value
        outcome = "failed" if call.excinfo else "passed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)  # type: ignore[arg-type]

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Use the examples that are known, where there are any."""
        examples = self._examples.get(pyfuncitem.nodeid)
        if examples is None:
            return None
        replay(pyfuncitem, examples, self._start_over)
        return True

    @pytest.fixture
    def submission(self) -> Submission | None:
        """The hand-in under examination."""
        return self._run.submission

    @pytest.fixture(name="reference")
    def _reference(self) -> SimpleNamespace | None:
        """The reference solution; hidden checks only."""
        return self.reference

    @pytest.fixture
    def rng(self) -> Any:
        """A numpy generator of the check's own."""
        import numpy

        return numpy.random.default_rng(self._run.seed)

    @pytest.fixture
    def chance(self) -> Chance | None:
        """Statistical comparisons within the course's budget of wrong rejections."""
        return self._run.chance

    @pytest.fixture
    def note(self) -> Callable[[str], None]:
        """Keep a sentence that a passed check shows, such as a measurement."""
        return self._run.notes.append

    def plans(self) -> list[Plan | None]:
        """Return the statistical comparisons that the last check has made."""
        return [] if self._run.chance is None else self._run.chance.plans

    def _seeds(self, check: Check) -> Iterator[int]:
        """Yield private seeds without end, and put the submission's generators on each."""
        for number in itertools.count():
            seed = derive_seed(self.secret, str(check.seed), str(number))
            if self._run.submission is not None:
                self._run.submission.seed(seed)
            yield seed

    def _start_over(self) -> None:
        if self._run.submission is not None:
            self._run.submission.seed(self._run.seed)

    def _check(self, item: pytest.Function) -> Check:
        mark = item.get_closest_marker(MARK)
        statement = " ".join((item.function.__doc__ or "").split())
        if mark is None or not statement:
            raise CourseError(item.nodeid, "a check needs the mark @check(...) and a docstring")
        exercise, points = mark.kwargs["exercise"], mark.kwargs["points"]
        if hasattr(Submission, exercise):
            raise CourseError(item.nodeid, f"`{exercise}` cannot be the name of an exercise")
        name = item.name.removeprefix("check_")
        seed = derive_seed(self.secret, self.assignment, exercise, name)
        if hypothesis.is_hypothesis_test(item.obj):
            hypothesis.seed(seed)(item.obj)
        blank = CheckResult(
            name=name,
            exercise=exercise,
            public=item.path == self.public_file,
            core=points is None,
            outcome=Outcome.not_run,
            statement=statement,
            weight=None if points is None else Fraction(str(points)),
            hint=mark.kwargs["hint"],
        )
        return Check(item, blank, seed, mark.kwargs["chances"])


def why(report: pytest.CollectReport) -> str:
    """Return what is wrong with a file of checks, and in which line, out of pytest's traceback."""
    place = re.escape(Path(report.nodeid).name) + r":\d+"
    told = re.findall(rf"(?m)^(?:E {{0,3}}(.*)|\S*?({place}): in .*)$", report.longreprtext)
    lines = [error or where for error, where in told] or [report.longreprtext]
    if any("ModuleNotFoundError" in line for line in lines):
        lines.append("Install what is missing; `grader doctor` says what is needed here.")
    return "\n".join(lines)


def with_suite(suite: Suite, files: Sequence[Path], use: Callable[[Suite], None]) -> None:
    """Collect `files` and call `use` inside pytest's session, where checks can run.

    Raises `CourseError` when a file cannot be collected; what `use` raises passes through.
    """
    failures: list[BaseException] = []

    class Loop:
        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(self, session: pytest.Session) -> bool:
            try:
                use(suite)
            except BaseException as error:
                # pytest would print it and return an exit code; the caller wants the error.
                failures.append(error)
            return True

        def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
            failures.append(excinfo.value)
            return True

    off = [option for name in PLUGINS_OFF for option in ("-p", f"no:{name}")]
    root = files[0].parent
    options = [
        "-c",
        "/dev/null",
        "--rootdir",
        str(root),
        "--import-mode=importlib",
        "--assert=plain",
    ]
    python = ["-o", "python_functions=check_*", "-o", "python_files=*.py", "--strict-markers"]
    hypothesis.settings.register_profile(
        "grader",
        max_examples=40,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate, hypothesis.Phase.shrink],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.load_profile("grader")
    pytest.main(
        [*options, *python, "--capture=no", *off, *map(str, files)], plugins=[suite, Loop()]
    )
    forget_modules(files)
    if failures:
        raise failures[0]


def forget_modules(files: Sequence[Path]) -> None:
    """Drop the modules of some files, so that the next session reads the files anew."""
    names = {str(file) for file in files}
    for name, module in list(sys.modules.items()):
        if getattr(module, "__file__", None) in names:
            del sys.modules[name]


def judge(
    blank: CheckResult,
    failure: BaseException | None,
    submission: Submission,
    seconds: float,
    reveal: Reveal,
) -> CheckResult:
    """Return the result that the end of a check amounts to."""
    done = replace(blank, seconds=seconds, outcome=outcome_of(failure), hint="")
    if failure is None:
        return done
    if done.outcome is Outcome.grader_fault:
        text = f"{type(failure).__name__}: {failure}"
        return replace(
            done, message="The grader could not decide this; a person will look.", detail=text
        )
    call = show_step(submission.trace[-1]) if submission.trace else ""
    witness, message = Witness(), SENTENCES.get(done.outcome, blank.statement)
    if isinstance(failure, CheckFailure):
        message = failure.message
        witness = Witness(call, failure.where, _text(failure.got), _text(failure.expected))
    elif isinstance(failure, LinkBrokenError) and type(failure.error) is WireError:
        message = f"{message} ({failure})"
    shown = "\n".join([message, *witness.lines(reveal)])
    full = "\n".join([message, *witness.lines(Reveal.everything)])
    return replace(done, message=shown, detail=full, hint=blank.hint)


SENTENCES = {
    Outcome.timed_out: "Your code did not finish in time.",
    Outcome.crashed: "Your code ended the process it ran in.",
}


def outcome_of(failure: BaseException | None) -> Outcome:
    """Return what kind of end a check came to; what is nobody's known failure is the grader's."""
    flaky = (hypothesis.errors.FlakyFailure, hypothesis.errors.Flaky)
    if failure is None:
        return Outcome.passed
    if isinstance(failure, LinkBrokenError):
        late = isinstance(failure.error, PeerTimeout)
        return Outcome.timed_out if late else Outcome.crashed
    if isinstance(failure, (AssertionError, *flaky)):
        return Outcome.failed
    return Outcome.grader_fault


def _text(value: Any) -> str:
    return value if isinstance(value, str) else show(value)
