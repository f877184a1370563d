"""Judging on another device: torch's meta device, on which every number is missing.

What a card may do wrong it does there all at once. The verdicts are the CPU's.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.model import Course, Grade, HandIn, Limits, Outcome, Submission
from grader.pipeline import Run, grade_one
from grader.processes.launch import Processes, open_fork, scratch_folder
from grader.wire import messages
from tests.engine.test_slots import Machine

Make = Callable[..., bytes]
TORCH = {
    "double": "import torch\ndef double(x):\n    return (2 * torch.as_tensor(x)).numpy()",
    "quadruple": "def quadruple(x):\n    return 2 * double(double(x))",
}


def verdicts(grade: Grade) -> dict[tuple[str, str], tuple[Outcome, str, str]]:
    return {
        (e.name, c.name): (c.outcome, c.message, str(c.points))
        for e in grade.exercises
        for c in e.checks
    }


def test_the_verdicts_are_those_of_the_cpu(
    course: Course, processes: Processes, make_notebook: Make
) -> None:
    submission = Submission("anna", "anna", lambda: HandIn(make_notebook(TORCH)))
    cpu = Run(course, processes, "a secret of the tests")
    card = replace(cpu, device="meta", slots=Machine().slots())
    near, far = grade_one(cpu, submission).grade, grade_one(card, submission).grade
    assert verdicts(far) == verdicts(near)
    assert {c.outcome for e in near.exercises for c in e.checks} == {Outcome.passed, Outcome.failed}
    told = {i.where: i.text for i in far.incidents}
    assert "passes on the CPU, but not on the card" in told["double on the graphics card"]
    # What uses no torch runs anywhere.
    assert "integrate on the graphics card" not in told
    assert far.device == "meta"
    assert "graphics cards inside" in far.isolation
    assert "graphics cards inside" not in near.isolation


def test_a_card_that_is_not_there_costs_nobody_a_point(
    course: Course, processes: Processes, make_notebook: Make
) -> None:
    machine = Machine()
    run = Run(course, processes, "a secret of the tests", device="cuda", slots=machine.slots())
    grade = grade_one(run, Submission("anna", "anna", lambda: HandIn(make_notebook()))).grade
    assert grade.points == grade.max_points
    assert "the card could not be used, so the CPU judged" in str(grade.incidents)
    assert machine.scrubbed == [("GPU-0", 0)]


def test_a_fork_says_why_it_cannot_go_over(processes: Processes) -> None:
    with scratch_folder() as scratch, processes.worker(scratch, 1, Limits(), gpu=True) as worker:
        with open_fork(worker, 20.0, "meta") as fork:
            fork.send(
                messages.Define(1, "import torch\nassert torch.ones(1).device.type == 'meta'")
            )
            assert isinstance(fork.receive()[0], messages.Result)
        with pytest.raises(Exception, match="did not come up on elsewhere"):
            open_fork(worker, 20.0, "elsewhere").__enter__()
        # The worker itself is where it was.
        with open_fork(worker, 20.0) as fork:
            fork.send(messages.Define(1, "import torch\nassert torch.ones(1).device.type == 'cpu'"))
            assert isinstance(fork.receive()[0], messages.Result)
