"""Functions of the checker that a submission calls: in time, within memory, or not at all."""

import time
from typing import Any

import numpy as np
import pytest

from grader.checks.link import LocalLink
from grader.errors import PeerTimeout, WireError
from grader.wire import messages
from grader.wire.values import Packer


def never(*_: object) -> Any:
    raise AssertionError("no request is made here")


def ask(link: LocalLink, function: int, *args: object) -> messages.Answer:
    """Call a function of the checker as a worker would."""
    packer = Packer(never)
    question = messages.Callback(1, function, [packer.pack(arg) for arg in args], [])
    return link.answer(question, memoryview(b"".join(packer.buffers)))[0]


def offered(link: LocalLink, function: Any) -> int:
    return link.refer(function).number


def test_a_value_comes_back() -> None:
    link = LocalLink(never)
    assert ask(link, offered(link, lambda x: 2 * x), 21).value == 42


def test_an_error_is_the_callers() -> None:
    link = LocalLink(never)
    link.deadline = time.monotonic() + 5
    answer = ask(link, offered(link, lambda x: x / 0), 1)
    assert answer.error == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    "busy",
    [
        lambda n: [None for _ in iter(int, 1)],
        lambda n: time.sleep(60),
        lambda n: [swallow() for _ in range(10**9)],
    ],
    ids=["loops", "sleeps", "swallows errors"],
)
def test_a_function_kept_busy_ends_at_the_deadline(busy: Any) -> None:
    link = LocalLink(never)
    link.deadline = time.monotonic() + 0.3
    start = time.monotonic()
    with pytest.raises(PeerTimeout, match="kept a function of the checker busy"):
        ask(link, offered(link, busy), 1)
    assert time.monotonic() - start < 2


def swallow() -> None:
    try:
        time.sleep(0.001)
    except Exception:
        return


def test_the_bell_does_not_ring_later() -> None:
    link = LocalLink(never)
    link.deadline = time.monotonic() + 0.2
    assert ask(link, offered(link, lambda x: x), 1).value == 1
    time.sleep(0.3)


def test_calls_after_the_deadline() -> None:
    link = LocalLink(never)
    link.deadline = time.monotonic() - 1
    with pytest.raises(PeerTimeout, match="without end"):
        ask(link, offered(link, lambda x: x), 1)


def test_a_function_that_was_not_offered() -> None:
    with pytest.raises(WireError, match="never offered"):
        ask(LocalLink(never), 12345, 1)


def test_memory_is_the_callers_error() -> None:
    link = LocalLink(never)
    answer = ask(link, offered(link, lambda x: np.zeros(1 << 45)), 1)
    assert "MemoryError" in answer.error
