"""Comparisons: what is close, what never is, and what a failure says."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.checks import CheckFailure, close, finite, numbers, require, same_shape
from grader.checks.show import show

finite_floats = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(st.lists(finite_floats, max_size=5))
def test_everything_is_close_to_itself_in_any_form(values: list[float]) -> None:
    for form in (
        values,
        tuple(values),
        np.array(values),
        torch.tensor(values, dtype=torch.float64),
    ):
        close(form, values)


@pytest.mark.parametrize(
    ("got", "expected"),
    [(1.0, 1), (np.float32(0.1), 0.1), (torch.tensor(0.1), 0.1), ([2.0], 2.0), (float("inf"),) * 2],
)
def test_close(got: Any, expected: Any) -> None:
    close(got, expected)


def test_tensors_with_gradients_may_stand_in_a_list() -> None:
    one = torch.tensor(1.0, requires_grad=True)
    close([one, 2.0], [1, 2])
    with pytest.raises(CheckFailure, match="ragged"):
        numbers((torch.ones(1, 2, requires_grad=True), torch.ones(2, 2, requires_grad=True)))


@pytest.mark.parametrize(
    ("got", "expected", "says"),
    [
        (1.0, 1.1, "not the right value"),
        (float("nan"), 1.0, "not finite"),
        (float("nan"), float("nan"), "not the right value"),
        (1.0, float("nan"), "not the right value"),
        (float("inf"), -float("inf"), "not the right value"),
        ([1.0, 2.0], [1.0, 2.0, 3.0], "wrong shape"),
        ([[1.0], [2.0]], [1.0, 2.0], "wrong shape"),
        ("1.0", 1.0, "not made of real numbers"),
        (None, 1.0, "not made of real numbers"),
        ([[1], [2, 3]], [1, 2], "ragged"),
        (1 + 2j, 1.0, "not made of real numbers"),
        (torch.tensor(1 + 2j), 1.0, "not made of real numbers"),
        ({"a": 1}, 1.0, "not made of real numbers"),
        (b"1", 1.0, "not made of real numbers"),
        (0.1000001, 0.1, "not the right value"),
    ],
)
def test_not_close(got: Any, expected: Any, says: str) -> None:
    with pytest.raises(CheckFailure, match=says):
        close(got, expected)


def test_a_coarse_dtype_is_held_to_its_own_precision() -> None:
    close(np.array([0.1, 1e6], dtype=np.float32), [0.1, 1e6])
    with pytest.raises(CheckFailure):
        close(np.array([0.1001], dtype=np.float32), [0.1])


def test_the_first_wrong_entry_is_named_with_its_input() -> None:
    x = np.array([0.0, 0.5, 1.0])
    with pytest.raises(CheckFailure) as caught:
        close([0.0, 9.0, 9.0], [0.0, 1.0, 2.0], at=x)
    failure = caught.value
    assert (failure.where, failure.got, failure.expected) == ("entry 1, input 0.5", "9", "1")
    assert "0.5" not in failure.message
    assert "1" not in failure.message


def test_numbers_that_differ_look_different() -> None:
    with pytest.raises(CheckFailure) as caught:
        close(2.0000000001, 2.0, rtol=0, atol=0)
    assert caught.value.got != caught.value.expected


@pytest.mark.parametrize(("got", "at"), [(1.0, [1, 2]), ([1.0], [[1, 2]]), ([1.0, 2.0], 3)])
def test_inputs_that_do_not_match_the_entries_are_not_named(got: Any, at: Any) -> None:
    with pytest.raises(CheckFailure) as caught:
        close(got, np.zeros_like(got), at=at)
    assert "input" not in caught.value.where


def test_any_dtype_can_be_shown() -> None:
    assert show(torch.tensor([1.5], dtype=torch.bfloat16)) == "tensor bfloat16 1: [1.5]"


def test_a_message_never_quotes_a_value() -> None:
    for call in (
        lambda: close(7.25, 3.125),
        lambda: finite(float("nan")),
        lambda: same_shape([1.0, 2.0], (31,)),
        lambda: numbers("secret-7.25"),
        lambda: require(False, "It must.", got=7.25, expected=3.125),
    ):
        with pytest.raises(CheckFailure) as caught:
            call()
        assert not {"7.25", "3.125", "31"} & set(caught.value.message.split())


def test_finite() -> None:
    assert finite([1, 2]).tolist() == [1.0, 2.0]
    with pytest.raises(CheckFailure, match="not finite"):
        finite([1.0, float("inf")], at=[5, 6])


def test_numbers_of_any_kind_become_float64() -> None:
    for value in (3, True, np.uint8(3), torch.ones(2, requires_grad=True), [torch.tensor(1.0)]):
        assert numbers(value).dtype == np.float64
