"""Checks are collected once, run on anything, and say no more than they may."""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.checks.failures import DeviceError
from grader.checks.judging import ExerciseRun
from grader.checks.reference import load_namespace
from grader.checks.session import Suite, with_suite
from grader.checks.submission import Submission
from grader.errors import CourseError, PeerGone
from grader.local import local_submission
from grader.model import CheckResult, Outcome, Reveal

HEAD = """
import numpy as np
from hypothesis import given, strategies as st
from grader.checks import check, close, expect_error, fail, require
"""

Results = dict[str, CheckResult]
Try = Callable[..., Results]


@pytest.fixture
def attempt(tmp_path: Path) -> Try:
    """Return a function that runs checks (source) on a notebook (source), in this process.

    With a `reference` (source) the checks are proven on it before.
    """

    def run(
        checks: str, code: str, reveal: Reveal = Reveal.witness, reference: str = ""
    ) -> Results:
        file = tmp_path / "checks.py"
        file.write_text(HEAD + textwrap.dedent(checks))
        suite = Suite("secret", "test", tmp_path / "public.py")
        namespace = load_namespace("notebook", [textwrap.dedent(code)])
        found: Results = {}

        def use(ready: Suite) -> None:
            for check in ready.checks:
                if reference:
                    proven = load_namespace("reference", [textwrap.dedent(reference)])
                    assert ready.prove(check, local_submission(proven)).outcome is Outcome.passed
                result = ready.run(check, local_submission(namespace), reveal)
                found[result.name] = result

        with_suite(suite, [file], use)
        return found

    return run


ONE = '''
@check("f", hint="Think.")
def check_one(submission):
    """f(2) is 4."""
    close(submission.f(2.0), 4.0)
'''


def test_passed(attempt: Try) -> None:
    result = attempt(ONE, "def f(x): return 2 * x")["one"]
    assert (result.outcome, result.message, result.hint) == (Outcome.passed, "", "")


def test_failed_says_what_and_with_what(attempt: Try) -> None:
    result = attempt(ONE, "def f(x): return x")["one"]
    assert result.outcome is Outcome.failed
    assert result.message.splitlines() == [
        "The result is not the right value",
        "with: f(2)",
        "got: 2",
    ]
    assert result.detail.endswith("expected: 4")
    assert result.hint == "Think."


def test_a_policy_of_properties_shows_no_value(attempt: Try) -> None:
    code = "def f(x): raise ValueError(f'I was given {x} and tell it')"
    result = attempt(ONE, code, Reveal.property)["one"]
    assert result.message == "`f` raised ValueError."
    assert "I was given 2.0" in result.detail


def test_an_error_names_the_students_line(attempt: Try) -> None:
    import linecache

    code = "def f(x):\n    return 1 / 0\n"
    linecache.cache["<cell 4>"] = (len(code), None, code.splitlines(True), "<cell 4>")
    namespace: dict[str, Any] = {}
    exec(compile(code, "<cell 4>", "exec"), namespace)
    result = attempt(ONE, "f = None\n")["one"]
    assert "raised TypeError" in result.message
    submission = local_submission(namespace)
    with pytest.raises(AssertionError) as caught:
        submission.f(1.0)
    assert caught.value.where == "cell 4, line 2: return 1 / 0"  # type: ignore[attr-defined]


def test_blank_and_missing(attempt: Try) -> None:
    blank = attempt(ONE, "def f(x): raise NotImplementedError")["one"]
    assert blank.message.startswith("`f` is still blank.")
    missing = attempt(ONE, "g = 1")["one"]
    assert missing.message == "The notebook defines no `f`."


def test_hypothesis_shows_the_smallest_input(attempt: Try) -> None:
    checks = '''
    @check("f")
    @given(st.integers(0, 1000))
    def check_all(submission, n):
        """f is the identity."""
        close(submission.f(n), n)
    '''
    result = attempt(checks, "def f(n): return n if n < 17 else 0")["all"]
    assert "with: f(17)" in result.message


def test_a_function_that_changes_its_mind_fails(attempt: Try) -> None:
    checks = '''
    @check("f")
    @given(st.integers(0, 9))
    def check_all(submission, n):
        """f is the identity."""
        close(submission.f(n), n)
    '''
    code = "calls = []\ndef f(n):\n    calls.append(n)\n    return -1 if len(calls) == 3 else n"
    assert attempt(checks, code)["all"].outcome is Outcome.failed


COUNTED = '''
drawn = []

def draw(number):
    drawn.append(number)
    return [number]

@check("f")
@given(st.builds(draw, st.integers(0, 1000)))
def check_all(submission, values):
    """f is the identity."""
    values.append(7)
    close(submission.f(values), values)
    values.clear()
'''


def test_examples_are_drawn_once_for_all(tmp_path: Path) -> None:
    """Every submission gets those of the reference, whatever the check does to them."""
    file = tmp_path / "checks.py"
    file.write_text(HEAD + COUNTED)
    keeps = "seen = []\ndef f(x):\n    seen.append(list(x))\n    return x"
    notebooks = [load_namespace(f"notebook {n}", [keeps]) for n in range(3)]
    drawn: list[int] = []

    def use(suite: Suite) -> None:
        [check] = suite.checks
        suite.prove(check, local_submission(notebooks[0]))
        for notebook in notebooks[1:]:
            assert suite.run(check, local_submission(notebook)).outcome is Outcome.passed
        drawn.extend(check.item.module.drawn)

    with_suite(Suite("s", "test", tmp_path / "public.py"), [file], use)
    seen = [notebook["seen"] for notebook in notebooks]
    assert seen[0] == seen[1] == seen[2] == [[number, 7] for number in drawn]
    assert len(set(drawn)) > 10


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("def f(n): return n if n < 17 else 0", "with: f(17)"),
        (
            "calls = []\ndef f(n):\n    calls.append(n)\n    return n + (len(calls) == 3)",
            "with: f(",
        ),
        ("import os\ndef f(n):\n    raise ValueError('no')", "`f` raised ValueError"),
    ],
    ids=["always", "once", "an error"],
)
def test_a_known_example_that_fails_is_made_smaller(attempt: Try, code: str, says: str) -> None:
    checks = '''
    @check("f")
    @given(st.integers(0, 1000))
    def check_all(submission, n):
        """f is the identity."""
        close(submission.f(n), n)
    '''
    result = attempt(checks, code, reference="def f(n): return n")["all"]
    assert result.outcome is Outcome.failed
    assert says in result.message


def test_a_check_that_breaks_is_our_fault(attempt: Try) -> None:
    checks = '''
    @check("f")
    def check_broken(submission):
        """f is."""
        submission.f(2.0).no_such_attribute
    '''
    result = attempt(checks, "def f(x): return x")["broken"]
    assert result.outcome is Outcome.grader_fault
    assert "no_such_attribute" not in result.message
    assert "AttributeError" in result.detail


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ('@check("f")\ndef check_x(submission): pass', "a docstring"),
        ('def check_x(submission):\n    """It is."""', "needs the mark"),
        ("def check_x(:", "cannot be collected"),
        ("import no_such_module_at_all", "cannot be collected"),
        ('@check("value")\ndef check_x(submission):\n    """It is."""', "`value` cannot be"),
    ],
)
def test_a_file_of_checks_that_makes_no_sense(attempt: Try, source: str, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        attempt(source, "")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("def check_x(:", ["line 1", "def check_x(:", "^", "SyntaxError: invalid syntax"]),
        (
            "import no_such_module",
            [
                "checks.py:1",
                "No module named 'no_such_module'",
                "`grader doctor` says",
            ],
        ),
        ("\nwidth = 1 / 0", ["checks.py:2", "ZeroDivisionError: division by zero"]),
    ],
)
def test_what_stops_a_file_of_checks_is_told_without_a_traceback(
    source: str, says: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "checks.py"
    file.write_text(source)
    with pytest.raises(CourseError) as raised:
        with_suite(Suite("", "01_mini", file), [file], lambda suite: None)
    head, *lines = str(raised.value).splitlines()
    assert "checks.py: cannot be collected" in head
    assert len(lines) <= 4
    for words, line in zip(says, lines[-len(says) :], strict=True):
        assert words in line


def test_the_seed_is_private_and_the_same_every_time(tmp_path: Path, attempt: Try) -> None:
    checks = '''
    @check("f")
    def check_draw(submission, rng):
        """f."""
        fail("no", got=float(rng.random()) + submission.f())
    '''
    code = "import random\ndef f(): return random.random()"
    details = {attempt(checks, code)["draw"].detail for _ in range(3)}
    assert len(details) == 1


def test_a_note_is_shown_when_the_check_passes_and_only_then(attempt: Try) -> None:
    checks = '''
    @check("f")
    def check_size(submission, note):
        """f is small."""
        size = submission.f()
        note(f"{size} parameters")
        require(size < 100, "It is too large")
    @check("f")
    def check_silent(submission):
        """f exists."""
        submission.f()
    '''
    small, large = (attempt(checks, f"def f(): return {n}") for n in (45, 450))
    assert small["size"].message == "45 parameters"
    assert "450 parameters" not in large["size"].message
    assert small["silent"].message == ""


def test_errors_can_be_expected(attempt: Try) -> None:
    checks = '''
    @check("f")
    def check_raises(submission):
        """f refuses a negative number."""
        expect_error(lambda: submission.f(-1.0), "ValueError", "It must refuse.")
    '''
    assert attempt(checks, "def f(x): raise ValueError")["raises"].outcome is Outcome.passed
    sub = "class Mine(ValueError): pass\ndef f(x): raise Mine"
    assert attempt(checks, sub)["raises"].outcome is Outcome.passed
    for code in ("def f(x): raise KeyError", "def f(x): return 1"):
        assert attempt(checks, code)["raises"].message.startswith("It must refuse.")
    blank = attempt(checks, "def f(x): raise NotImplementedError")["raises"]
    assert "still blank" in blank.message


def test_functions_travel_both_ways(attempt: Try) -> None:
    checks = '''
    @check("f")
    def check_callback(submission):
        """f applies what it is given."""
        close(submission.f(lambda x: x + 1, 2.0), 3.0)
        made = submission.make(10.0)
        close(made(1.0), 11.0)
        close(submission.f(made, 2.0), 12.0)
    '''
    code = "def f(g, x): return g(x)\ndef make(n): return lambda x: x + n"
    assert attempt(checks, code)["callback"].outcome is Outcome.passed


def test_a_callback_that_is_misused_is_the_students_error(attempt: Try) -> None:
    checks = '''
    @check("f")
    def check_callback(submission):
        """f applies what it is given."""
        close(submission.f(lambda x: x + 1), 3.0)
    '''
    result = attempt(checks, "def f(g): return g('text')")["callback"]
    assert result.outcome is Outcome.failed
    assert "raised GivenFunctionError" in result.message


def test_arguments_can_be_looked_at_afterwards(attempt: Try) -> None:
    checks = '''
    @check("f")
    def check_kept(submission):
        """f leaves its argument alone."""
        x = np.arange(3.0)
        _, [after] = submission.call_and_look("f", x)
        close(after, x, message="The argument was changed")
    '''
    assert attempt(checks, "def f(x): return x + 1")["kept"].outcome is Outcome.passed
    changed = attempt(checks, "def f(x):\n    x += 1\n    return x")["kept"]
    assert changed.message.startswith("The argument was changed")


class Forks:
    """Counts the forks an exercise needs, over submissions in this process."""

    def __init__(self, code: str, dies_after: int = 1000, card: str = "") -> None:
        self.code, self.opened, self.dies_after = code, 0, dies_after
        # The code as it does on a graphics card; empty where there is none that works.
        self.card = card
        self.devices: list[str] = []

    def open(self, deadline: float, device: str) -> Submission:
        self.opened += 1
        self.devices.append(device)
        if self.opened > self.dies_after:
            raise PeerGone("the worker is gone")
        if device != "cpu" and not self.card:
            raise DeviceError("RuntimeError: CUDA driver error")
        code = self.code if device == "cpu" else self.card
        return local_submission(load_namespace("notebook", [code]))

    def close(self) -> None:
        pass


TWO = '''
@check("f")
def check_first(submission):
    """f counts its calls."""
    close(submission.f(), 1)

@check("f")
def check_second(submission):
    """f counts its calls."""
    close(submission.f(), 1)
'''
COUNTS = "calls = []\ndef f():\n    calls.append(1)\n    return len(calls)"


def judged(
    tmp_path: Path, checks: str, forks: Forks, device: str = "cpu"
) -> tuple[list[CheckResult], ExerciseRun]:
    file = tmp_path / "checks.py"
    file.write_text(HEAD + checks)
    done: list[Any] = []

    def use(suite: Suite) -> None:
        run = ExerciseRun(suite, forks.open, forks.close, 5.0, Reveal.witness, device)
        done.append((run.run(suite.checks), run))

    with_suite(Suite("s", "test", tmp_path / "public.py"), [file], use)
    result: tuple[list[CheckResult], ExerciseRun] = done[0]
    return result


def test_a_failure_after_others_is_confirmed_alone(tmp_path: Path) -> None:
    forks = Forks(COUNTS)
    results, _ = judged(tmp_path, TWO, forks)
    assert [r.outcome for r in results] == [Outcome.passed, Outcome.passed]
    assert forks.opened == 2


def test_a_failure_that_was_alone_is_not_run_twice(tmp_path: Path) -> None:
    forks = Forks("def f(): return 0")
    results, _ = judged(tmp_path, TWO, forks)
    assert [r.outcome for r in results] == [Outcome.failed, Outcome.failed]
    assert forks.opened == 2


def test_checks_that_pass_share_a_fork(tmp_path: Path) -> None:
    forks = Forks("def f(): return 1")
    judged(tmp_path, TWO, forks)
    assert forks.opened == 1


def test_a_worker_that_is_lost_leaves_the_rest_open(tmp_path: Path) -> None:
    forks = Forks("def f(): return 0", dies_after=1)
    results, run = judged(tmp_path, TWO, forks)
    assert [r.name for r in results] == ["first"]
    assert run.lost


RIGHT = "def f(): return 1"
HUNGRY = "def f(): raise MemoryError('CUDA out of memory. Tried to allocate 90 GiB')"


def test_what_passes_on_a_card_is_not_run_again(tmp_path: Path) -> None:
    forks = Forks("def f(): return 0", card=RIGHT)
    results, run = judged(tmp_path, TWO, forks, "cuda")
    assert [r.outcome for r in results] == [Outcome.passed, Outcome.passed]
    assert (forks.devices, run.told) == (["cuda"], [])


def test_where_a_card_and_the_cpu_differ_the_cpu_is_right(tmp_path: Path) -> None:
    forks = Forks(RIGHT, card="def f(): return 1.1")
    results, run = judged(tmp_path, TWO, forks, "cuda")
    assert [r.outcome for r in results] == [Outcome.passed, Outcome.passed]
    # Each check begins on the card again, and nothing is left of what failed there.
    assert forks.devices == ["cuda", "cpu"] * 2
    assert not run.failed
    assert run.told[0].startswith("first: passes on the CPU, but not on the card (The result")
    assert not run.starved


def test_what_fails_on_both_fails(tmp_path: Path) -> None:
    forks = Forks("def f(): return 0", card="def f(): return 0")
    results, run = judged(tmp_path, TWO, forks, "cuda")
    assert [r.outcome for r in results] == [Outcome.failed, Outcome.failed]
    assert forks.devices == ["cuda", "cpu"] * 2
    assert (run.told, run.starved) == ([], [])
    assert len(run.failed) == 2


def test_too_little_memory_on_a_card_is_noted_where_it_may_have_cost_something(
    tmp_path: Path,
) -> None:
    _, run = judged(tmp_path, TWO, Forks("def f(): return 0", card=HUNGRY), "cuda")
    assert run.starved == ["first", "second"]
    _, run = judged(tmp_path, TWO, Forks(RIGHT, card=HUNGRY), "cuda")
    assert not run.starved


def test_a_card_that_does_not_work_leaves_everything_to_the_cpu(tmp_path: Path) -> None:
    forks = Forks(RIGHT)
    results, run = judged(tmp_path, TWO, forks, "cuda")
    assert [r.outcome for r in results] == [Outcome.passed, Outcome.passed]
    assert forks.devices == ["cuda", "cpu"]
    assert "could not be used, so the CPU judged (RuntimeError: CUDA driver error)" in run.told[0]


def test_a_stand_in_may_be_handed_to_another() -> None:
    code = "def f(x): return x\ndef apply(g, x): return g(x)\ndef own(x): return apply(f, x)"
    submission = local_submission(load_namespace("notebook", [code]))
    submission.stand_in("f", lambda x: x + 1)
    submission.stand_in("apply", lambda g, x: 10 * g(x))
    assert submission.own(2) == 30
