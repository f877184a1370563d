"""dask workers on this machine: what comes back, and what becomes of those who die."""

from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="dask is not installed here")

from grader.engine.dask import is_loopback, open_dask
from grader.errors import MachineLost, UsageError
from tests.engine.dying import work


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with open_dask("local", 1) as opened:
        yield opened


def test_bytes_go_out_and_come_back(executor: Executor) -> None:
    # The same bytes twice are two jobs.
    futures = [executor.submit(work, data) for data in (b"a", b"b", b"a")]
    assert [future.result(30) for future in futures] == [b"A", b"B", b"A"]


def test_a_worker_that_dies_costs_a_retry(executor: Executor, tmp_path: Path) -> None:
    job = f"die once {tmp_path}".encode()
    assert executor.submit(work, job).result(30) == job.upper()


def test_a_job_that_kills_every_worker_is_given_up_on(executor: Executor) -> None:
    deadly, after = executor.submit(work, b"die"), executor.submit(work, b"a neighbour")
    with pytest.raises(MachineLost, match=r"died over it \(3 times\)"):
        deadly.result(60)
    assert after.result(30) == b"A NEIGHBOUR"


def test_an_error_of_ours_is_not_tried_again(executor: Executor) -> None:
    with pytest.raises(ValueError, match="a mistake of ours"):
        executor.submit(work, b"fail").result(30)


def test_an_open_wire_to_another_machine_is_refused() -> None:
    with (
        pytest.raises(UsageError, match=r"would not be encrypted.*tunnel"),
        open_dask("10.0.0.7:8786", 1),
    ):
        pass


@pytest.mark.parametrize(
    ("place", "is_here"),
    [
        ("localhost:8786", True), ("127.0.0.1:8786", True), ("[::1]:8786", True),
        ("10.0.0.7:8786", False), ("localhost.org:8786", False), ("127.0.0.1.nip.io:1", False),
    ],
)  # fmt: skip
def test_what_is_this_machine(place: str, is_here: bool) -> None:
    assert is_loopback(place) is is_here


def test_a_scheduler_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.engine.dask.CONNECT_SECONDS", 1)
    with pytest.raises(UsageError, match="There is no dask scheduler"), open_dask("127.0.0.1:9", 1):
        pass
