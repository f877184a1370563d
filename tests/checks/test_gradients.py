"""Gradients, the meta device and stand-ins made of library code, through the wire's encoding."""

from typing import Any

import pytest
import torch

from grader.checks.failures import StudentError
from grader.checks.reference import load_namespace
from grader.checks.submission import Submission
from grader.local import local_submission
from grader.wire.steps import Ask

NOTEBOOK = """
import torch

def square(x):
    return x * x

def half(x, y):
    return x.detach() * y

def both(x):
    return x * x, x

def root(x):
    return torch.sqrt(x)

def shifted(x):
    return x + torch.arange(x.shape[-1])

def well_shifted(x):
    return x + torch.arange(x.shape[-1], device=x.device)

class Scale(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.full((size,), 2.0, dtype=torch.float64))
    def forward(self, x):
        return self.weight * x
    def twice(self, x):
        return 2 * self(x)
"""


@pytest.fixture
def submission() -> Submission:
    return local_submission(load_namespace("notebook", [NOTEBOOK]))


def vector(*numbers: float) -> Any:
    return torch.tensor(numbers, dtype=torch.float64)


def test_a_function(submission: Submission) -> None:
    found = submission.gradients("square", vector(1, 2, 3))
    assert found.result.tolist() == [1, 4, 9]
    assert found.args[0].tolist() == [2, 4, 6]
    assert found.parameters == {}


def test_weights_choose_what_is_differentiated(submission: Submission) -> None:
    found = submission.gradients("square", vector(1, 2, 3), weights=vector(0, 1, 0))
    assert found.args[0].tolist() == [0, 4, 0]


def test_of_several_results_the_first_is_differentiated(submission: Submission) -> None:
    found = submission.gradients("both", vector(1, 2))
    assert found.args[0].tolist() == [2, 4]
    assert found.result[1].tolist() == [1, 2]


def test_where_nothing_flows_there_is_none(submission: Submission) -> None:
    found = submission.gradients("half", vector(1, 2), vector(3, 4))
    assert found.args[0] is None
    assert found.args[1].tolist() == [1, 2]


def test_infinite_gradients_arrive_as_they_are(submission: Submission) -> None:
    assert submission.gradients("root", vector(0.0)).args[0].tolist() == [float("inf")]


def test_a_module_and_its_method(submission: Submission) -> None:
    scale = submission.Scale(3)
    found = submission.gradients(scale, vector(1, 2, 3))
    assert found.result.tolist() == [2, 4, 6]
    assert found.args[0].tolist() == [2, 2, 2]
    assert found.parameters["weight"].tolist() == [1, 2, 3]
    assert submission.gradients(scale, vector(1, 2, 3), method="twice").args[0].tolist() == [4] * 3


def test_gradients_do_not_pile_up(submission: Submission) -> None:
    scale = submission.Scale(1)
    for _ in range(3):
        assert submission.gradients(scale, vector(5)).parameters["weight"].tolist() == [5]


def test_nothing_to_differentiate_is_the_students_error(submission: Submission) -> None:
    with pytest.raises(StudentError):
        submission.gradients("square", torch.tensor([1, 2]))


def test_a_tensor_on_the_wrong_device_is_found(submission: Submission) -> None:
    x = torch.zeros(2, 3)
    assert submission.on_meta("well_shifted", x) == [("meta", "float32", [2, 3])]
    with pytest.raises(StudentError):
        submission.on_meta("shifted", x)


def test_a_module_on_the_meta_device(submission: Submission) -> None:
    found = submission.on_meta(submission.Scale(3), torch.zeros(3, dtype=torch.float64))
    assert found == [("meta", "float64", [3])]


def test_a_stand_in_of_library_code_lets_gradients_through(submission: Submission) -> None:
    submission.define("def square(x):\n    return torch.pow(x, 2) * 10")
    assert submission.gradients("square", vector(1, 2)).args[0].tolist() == [20, 40]


def test_what_was_asked_is_kept(submission: Submission) -> None:
    submission.gradients("square", vector(1.0), weights=vector(3.0))
    submission.on_meta("square", vector(1.0))
    assert [step.ask for step in submission.trace] == [Ask.gradients, Ask.meta]
    assert submission.trace[0].weights.tolist() == [3.0]
