"""A misconception is named when its answers match, and only then."""

import time
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

from grader.diagnosis.catalogue import Load, Mistake, mistake_from
from grader.diagnosis.match import same
from grader.errors import CourseError
from grader.local import local_submission
from grader.processes.naming import Known, StandIns, explanations
from grader.wire.steps import Step


class Layer:
    def __init__(self, factor: float) -> None:
        self.factor = factor

    def forward(self, x: Any) -> Any:
        return self.factor * np.asarray(x)


class Upside(Layer):
    def forward(self, x: Any) -> Any:
        return np.asarray(x) / self.factor


def square(x: Any) -> Any:
    return np.asarray(x) ** 2


def spoil(x: Any) -> Any:
    x *= 0
    return x


def loading(namespace: dict[str, Any]) -> Load:
    return lambda: dict(namespace)


REFERENCE = {"f": lambda x: 2 * np.asarray(x), "Layer": Layer}
MISTAKES = [
    Mistake("M1", "f", "square", "Twice.", ("a",), None, loading({"f": square})),
    Mistake("M2", "f", "identity", "Twice.", ("a",), None, loading({"f": lambda x: x})),
    Mistake("M3", "f", "raises", "Twice.", ("a",), None, loading({"f": lambda x: 1 / 0})),
    Mistake("M4", "f", "spoils", "Copy.", ("a",), None, loading({"f": spoil})),
    Mistake("M5", "Layer", "inverse", "Times.", ("a",), None, loading({"Layer": Upside})),
    Mistake("M6", "f", "square too", "Twice.", ("a",), None, loading({"f": square})),
]


def steps(namespace: dict[str, Any], *inputs: Any) -> list[Step]:
    submission = local_submission(namespace)
    for value in inputs:
        try:
            submission.f(value)
        except AssertionError:
            continue
    return list(submission.trace)


def named(
    trace: list[Step],
    exercise: str = "f",
    mistakes: list[Mistake] = MISTAKES[:5],
    passed: list[Step] | None = None,
) -> str:
    known = Known(loading(REFERENCE), [m for m in mistakes if m.exercise == exercise])
    titles = {mistake.title for mistake in explanations(known, [trace], [passed or []], seconds=10)}
    return titles.pop() if len(titles) == 1 else ""


def test_answers_that_match_are_named() -> None:
    assert named(steps({"f": lambda x: x * x}, np.arange(4.0), 7.0)) == "square"
    assert named(steps({"f": lambda x: [float(v) for v in x]}, np.arange(4.0))) == "identity"


def test_an_error_of_the_same_kind_is_an_answer_too() -> None:
    assert named(steps({"f": lambda x: x // 0}, 3)) == "raises"


def test_what_nobody_has_done_before_is_not_named() -> None:
    assert named(steps({"f": lambda x: x + 100}, np.arange(4.0))) == ""


def test_a_right_answer_is_not_named() -> None:
    assert named(steps({"f": lambda x: x + x}, np.arange(4.0))) == ""
    assert named([]) == ""


def test_inputs_that_do_not_tell_name_nothing() -> None:
    """At 2 doubling and squaring agree, so nothing has been shown."""
    assert named(steps({"f": lambda x: x * x}, 2.0)) == ""


def test_two_candidates_are_none() -> None:
    assert named(steps({"f": square}, 7.0), mistakes=MISTAKES) == ""


def test_two_of_one_title_are_one() -> None:
    twins = [MISTAKES[0], replace(MISTAKES[5], title="square")]
    assert named(steps({"f": square}, 7.0), mistakes=twins) == "square"


def test_what_passed_has_a_say_where_it_is_known() -> None:
    """Squares where it counts, but doubles below 5: no mistake in the book."""
    failed, passed = steps({"f": square}, 7.0), steps({"f": lambda x: 2 * x}, 3.0)
    assert named(failed) == "square"
    assert named(failed, passed=passed) == ""
    # Here the reference itself answers otherwise: more than one answer is right.
    free = steps({"f": lambda x: x + 1000}, 3.0)
    assert named(failed, passed=free) == "square"


def test_arguments_changed_by_a_mistake_stay_as_they_were() -> None:
    trace = steps({"f": lambda x: x * x}, np.arange(4.0))
    assert named(trace) == "square"
    assert trace[0].args[0].tolist() == [0.0, 1.0, 2.0, 3.0]


def test_objects_are_followed() -> None:
    submission = local_submission({"Layer": Upside})
    layer = submission.Layer(4.0)
    layer.forward(np.arange(3.0))
    assert named(list(submission.trace), "Layer") == "inverse"


def test_an_object_from_before_the_trace_has_no_say() -> None:
    submission = local_submission({"Layer": Upside})
    early = submission.Layer(4.0)
    submission.trace.clear()
    early.forward(np.arange(3.0))
    assert named(list(submission.trace), "Layer") == ""
    submission.Layer(5.0).forward(np.arange(3.0))
    assert named(list(submission.trace), "Layer") == "inverse"


def test_what_a_call_did_to_its_arguments_counts() -> None:
    submission = local_submission({"f": spoil})
    submission.call_and_look("f", np.arange(1.0, 4.0))
    assert named(list(submission.trace)) == "spoils"


def test_nan_is_recognised() -> None:
    mistakes = [Mistake("N", "f", "nan", "", (), None, loading({"f": lambda x: float("nan")}))]
    assert named(steps({"f": lambda x: np.nan}, 7.0), mistakes=mistakes) == "nan"


def test_tensors_with_gradients_may_stand_in_a_tuple() -> None:
    left, right = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    assert same((left, [left]), (right, [right]))
    assert not same((left, [left]), (2 * right, [right]))


def test_a_header_without_what_it_needs() -> None:
    good = {"mistake": "F1", "exercise": "f", "title": "t", "caught_by": ["c"], "loses": 0.5}
    assert mistake_from("x.py", good, dict).loses == Fraction("0.5")
    with pytest.raises(CourseError, match=r"x.py: the header of F1: .*field `title`"):
        mistake_from("x.py", {"mistake": "F1", "exercise": "f"}, dict)
    with pytest.raises(CourseError, match="loses"):
        mistake_from("x.py", good | {"loses": "half"}, dict)
    with pytest.raises(CourseError, match="caught_by"):
        mistake_from("x.py", good | {"caught_by": "c"}, dict)


def test_what_a_call_does_to_an_object_is_seen_later() -> None:
    def doubling(layer: Layer) -> Layer:
        layer.factor *= 2
        return layer

    def tripling(layer: Layer) -> Layer:
        layer.factor *= 3
        return layer

    submission = local_submission({"Layer": Layer, "f": tripling})
    layer = submission.Layer(5.0)
    submission.f(layer)
    submission.read(layer, "factor")
    right = {"Layer": Layer, "f": doubling}
    known = Mistake(
        "M7", "f", "three times", "Twice.", ("a",), None, loading({**right, "f": tripling})
    )
    assert explanations(
        Known(loading(right), [known]), [list(submission.trace)], [], seconds=10
    ) == [known]


def drawing(scale: float) -> dict[str, Any]:
    class Drawn:
        def __init__(self, size: int) -> None:
            self.weight = torch.nn.Parameter(torch.randn(size, dtype=torch.float64))

        def forward(self, x: Any) -> Any:
            return scale * self.weight * x

    return {"Drawn": Drawn}


def test_objects_that_draw_their_weights_are_told_apart() -> None:
    """The same generator, seeded alike, gives a known mistake the weights the student had."""
    known = [
        Mistake(str(s), "Drawn", f"times {s}", "", (), None, loading(drawing(s))) for s in (2, 3)
    ]
    submission = local_submission(drawing(3))
    submission.seed(5)
    drawn = submission.Drawn(4)
    submission.gradients(drawn, torch.ones(4, dtype=torch.float64), method="forward")
    found = explanations(
        Known(loading(drawing(1)), known), [list(submission.trace)], [], seconds=10
    )
    assert found == [known[1]]


def test_a_mistake_that_takes_for_ever_is_not_waited_for() -> None:
    def idle(x: Any) -> Any:
        while True:
            pass

    slow = Mistake("M8", "f", "slow", "", (), None, loading({"f": idle}))
    start = time.monotonic()
    known = Known(loading(REFERENCE), [slow, slow])
    assert explanations(known, [steps({"f": square}, 7.0)], [], seconds=0.3) == []
    assert time.monotonic() - start < 5


def test_what_a_check_does_to_its_inputs_later_does_not_matter() -> None:
    submission, x = local_submission({"f": square}), np.arange(4.0)
    for factor in (2, 3):
        submission.f([x, torch.from_numpy(x)])
        x *= factor
    trace = list(submission.trace)
    assert [step.args[0][0].tolist() for step in trace] == [[0, 1, 2, 3], [0, 2, 4, 6]]
    assert [step.args[0][1].tolist() for step in trace] == [[0, 1, 2, 3], [0, 2, 4, 6]]


def remembering() -> dict[str, Any]:
    seen: list[float] = []

    def f(x: float) -> int:
        seen.append(x)
        return len(seen)

    return {"f": f}


def test_a_program_that_remembers_is_asked_afresh_for_each_fork() -> None:
    known = Mistake("M9", "f", "remembers", "", ("a",), None, remembering)
    traces = [steps(remembering(), 5.0, 6.0), steps(remembering(), 7.0)]
    assert explanations(Known(loading(REFERENCE), [known]), traces, [], seconds=10) == [known]
    in_one_fork = [traces[0] + traces[1]]
    assert explanations(Known(loading(REFERENCE), [known]), in_one_fork, [], seconds=10) == []


def test_functions_of_ours_stand_between_here_as_well() -> None:
    """A call back to the checker cuts gradients for the student, so for known mistakes too."""

    def through(scale: float) -> dict[str, Any]:
        names: dict[str, Any] = {"given": lambda x: 3 * x}
        exec(f"def f(x):\n    return {scale} * given(x) + x", names)
        return names

    submission = local_submission(through(2))
    submission.stand_in("given", lambda x: 3 * x)
    submission.gradients("f", torch.ones(2))
    known = Mistake("M10", "f", "twice", "", (), None, lambda: through(2))
    with_ours = StandIns(functions={"given": lambda x: 3 * x})
    for stand_ins, found in ((with_ours, [known]), (StandIns(), [])):
        book = Known(lambda: through(1), [known], stand_ins)
        assert explanations(book, [list(submission.trace)], [], seconds=10) == found


def test_the_order_of_a_dictionary_is_part_of_the_answer() -> None:
    assert same({"a": 1, "b": 2}, {"a": 1, "b": 2})
    assert not same({"a": 1, "b": 2}, {"b": 2, "a": 1})


def test_numbers_are_no_booleans() -> None:
    assert same(torch.tensor([True, False]), np.array([True, False]))
    assert not same(torch.tensor([True, False]), torch.tensor([1, 0]))
    assert same(torch.tensor([1, 0]), torch.tensor([1.0, 0.0]))
