"""What a student reads under the strictest policy holds nothing of the hidden checks.

The inputs, the expected values and the source of the checks below are numbers and words that occur
nowhere else. Student code fails in every way there is, and does its best to say what it was given.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.checks.judging import ExerciseRun
from grader.checks.reference import as_object, load_namespace
from grader.checks.session import Suite, with_suite
from grader.checks.show import worked_case
from grader.checks.submission import RemoteObject, Submission
from grader.local import local_submission
from grader.model import CheckResult, Outcome, Reveal
from grader.wire.messages import Missing
from tests.checks.test_session import HEAD

CANARY = re.compile(r"7319|8527|heron|stork", re.IGNORECASE)

CHECKS = '''
import numpy

HERON = numpy.array([7319.0, 73190.0])  # the stork knows


@check("f", hint="Look at the formula.")
def check_value(submission, reference):
    """The result is right."""
    close(submission.f(7319.0), reference.f(7319.0))


@check("f")
@given(st.integers(7319, 7320))
def check_anywhere(submission, reference, heron):
    """The result is right everywhere."""
    close(submission.f(heron), reference.f(heron), at=heron)


@check("f")
def check_array(submission, reference):
    """The result is right for arrays."""
    close(submission.f(HERON), reference.f(HERON), at=HERON)


@check("f")
def check_text(submission):
    """Text is refused."""
    expect_error(lambda: submission.f("heron 7319"), "TypeError", "Text is not refused")


@check("Bird")
def check_object(submission):
    """A bird flies."""
    bird = submission.Bird(7319)
    close(bird.fly(7319.0), 8527.0)
    require(submission.read(bird, "wings") == 8527, "The bird has lost its wings")
'''
REFERENCE = """
def f(x):
    if isinstance(x, str):
        raise TypeError
    return x + 1208


class Bird:
    wings = 8527

    def __init__(self, heron):
        self.heron = heron

    def fly(self, x):
        return x + 1208
"""
BIRD = """
class Bird:
    def __init__(self, heron):
        self.heron = heron

    def fly(self, x):
        ANSWER
"""
SAYS = "str(x).replace('.0', '')"
ANSWERS = {
    "a wrong value": "return x",
    "no number": f"return {SAYS}",
    "nothing": "return None",
    "a NaN": "return float('nan')",
    "a wrong shape": "return [x, x]",
    "a ragged list": "return [[x], [x, x]]",
    "an error that quotes it": f"raise ValueError({SAYS})",
    "an error named after it": f"raise type('Heron' + {SAYS}, (Exception,), {{}})({SAYS})",
    "a base named after it": f"raise type('E', (type({SAYS}, (Exception,), {{}}),), {{}})",
    "a blank that quotes it": f"raise NotImplementedError({SAYS})",
    "no exception at all": f"raise type({SAYS}, (BaseException,), {{}})",
    "the end": f"raise SystemExit({SAYS})",
    "an attribute error": f"return getattr(x, 'heron' + {SAYS})",
    "an object named after it": f"return type('Heron' + {SAYS}, (), {{}})()",
    "something unpackable": f"return {{(i, {SAYS}): i for i in range(60000)}}",
    "a set": f"return {{{SAYS}, 1}}",
    "a complex number": "return complex(x, x)",
    "a huge list": "return [x] * 70000",
    "a deep list": "y = x\n    for _ in range(50): y = [y]\n    return y",
    "a callback": "return lambda: x",
}


@pytest.fixture
def judged(tmp_path: Path) -> Callable[[str, Reveal], list[CheckResult]]:
    """Return a function that gives the results of student code as the student's page has them."""
    file = tmp_path / "heron_checks.py"
    file.write_text(HEAD + CHECKS)
    proven = load_namespace("reference", [REFERENCE])

    def judge(code: str, reveal: Reveal) -> list[CheckResult]:
        suite = Suite("secret", "test", tmp_path / "public.py")
        suite.reference = as_object(proven)
        found: list[CheckResult] = []

        def use(ready: Suite) -> None:
            for check in ready.checks:
                assert ready.prove(check, local_submission(proven)).outcome is Outcome.passed

            def opened(deadline: float, device: str) -> Submission:
                return local_submission(load_namespace("notebook", [code]))

            run = ExerciseRun(ready, opened, lambda: None, 5.0, reveal)
            found.extend(run.run(ready.checks))

        with_suite(suite, [file], use)
        return found

    return judge


def seen_by_students(result: CheckResult) -> str:
    parts = result.message, result.hint, result.mistake, result.example, result.statement
    return "\n".join(parts)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_nothing_hidden_reaches_the_student(answer: str, judged: Any) -> None:
    code = f"def f(x):\n    {answer}\n" + BIRD.replace("ANSWER", answer.replace("\n", "\n    "))
    results = judged(code, Reveal.property)
    assert Outcome.failed in {result.outcome for result in results}
    for result in results:
        assert not CANARY.search(seen_by_students(result)), seen_by_students(result)


def test_a_witness_shows_inputs_and_no_expected_value(judged: Any) -> None:
    results = judged(
        "def f(x):\n    return x\n" + REFERENCE[REFERENCE.index("class") :], Reveal.witness
    )
    shown = "\n".join(map(seen_by_students, results))
    assert "7319" in shown
    assert not re.search("8527|stork", shown)
    assert any("8527" in result.detail for result in results), "which assistants may see"


def test_a_worker_that_makes_up_names_tells_nothing() -> None:
    """The names in an answer are the worker's word, and a worker may have been taken over."""
    submission = local_submission({})
    submission._link.request = lambda message, buffers: (
        Missing(message.id, "heron7319"),
        memoryview(b""),
    )  # type: ignore[method-assign]
    with pytest.raises(AssertionError) as told:
        submission.f(1)
    assert not CANARY.search(told.value.message)  # type: ignore[attr-defined]


def test_a_class_is_not_called_by_the_name_it_gives_itself() -> None:
    submission = local_submission({"Bird": type("Heron7319", (), {"fly": lambda self: 1 / 0})})
    bird = submission.Bird()
    assert isinstance(bird, RemoteObject)
    with pytest.raises(AssertionError) as told:
        bird.fly()
    assert told.value.message == "`Bird.fly` raised ZeroDivisionError."  # type: ignore[attr-defined]


def test_a_worked_case_is_the_first_call_that_can_be_written_down() -> None:
    submission = local_submission({"f": lambda *x: x, "g": abs, "h": lambda: f_of})
    f_of = object()
    submission.g(-3)
    submission.f(list(range(300)))
    submission.call_and_look("f", "ab", 2)
    submission.f(1)
    submission.h()
    steps = list(submission.trace)
    assert worked_case(steps, "f") == "`f('ab', 2)` gives `('ab', 2)`."
    assert worked_case(steps[-2:], "f") == "`f(1)` gives `(1,)`."
    assert worked_case(steps, "g") == "`g(-3)` gives `3`."
    assert worked_case(steps, "h") == ""
