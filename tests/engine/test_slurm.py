"""Job arrays through submitit, without Slurm: processes of this machine, and a queue of ours."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("submitit", reason="submitit is not installed here")

import submitit

from grader.engine import slurm
from grader.engine.slurm import ArrayExecutor, Pace, open_slurm, parameters, still_there
from grader.engine.spool import Spool, run_batch
from grader.errors import GraderFault, MachineLost, UsageError
from tests.engine.dying import work

QUICK = Pace(0.01, 0.05, 0.05)


@pytest.fixture(scope="module")
def executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor]:
    folder = tmp_path_factory.mktemp("out")
    with open_slurm({"cluster": "local", "batch": "3"}, folder) as opened:
        yield opened
    assert not list(folder.iterdir()), "hand-ins are left behind"


def test_a_batch_with_a_death_in_it(executor: Executor, tmp_path: Path) -> None:
    once = f"die once {tmp_path}".encode()
    futures = [executor.submit(work, data) for data in (b"a", once, b"b", b"c")]
    assert [future.result(60) for future in futures] == [b"A", once.upper(), b"B", b"C"]


def test_a_job_that_kills_every_machine_is_given_up_on(executor: Executor) -> None:
    futures = [executor.submit(work, data) for data in (b"a", b"die", b"b")]
    assert [futures[n].result(60) for n in (0, 2)] == [b"A", b"B"]
    with pytest.raises(MachineLost, match=r"died over it \(3 times\)"):
        futures[1].result(60)


@dataclass
class Job:
    """A task that runs when told to, as far as it is told to."""

    numbers: list[int]
    run: Callable[[list[int]], None]
    job_id: str
    is_over: bool = False

    def done(self) -> bool:
        return self.is_over

    def stderr(self) -> str:
        return "one line\nslurmstepd: error: Exceeded job memory limit\n"

    def cancel(self, *, check: bool) -> None:
        self.is_over = True


@dataclass
class Inner:
    """A submitit executor whose tasks are run by hand; an array is one `with batch()`."""

    arrays: list[list[Job]] = field(default_factory=list)

    @contextmanager
    def batch(self) -> Iterator[None]:
        self.arrays.append([])
        yield

    def submit(self, run: Any, function: Any, folder: str, numbers: list[int]) -> Job:
        name = f"{len(self.arrays)}_{len(self.arrays[-1])}"
        job = Job(numbers, lambda some: run(function, folder, some), name)
        self.arrays[-1].append(job)
        return job


@pytest.fixture
def arrays(tmp_path: Path) -> Iterator[tuple[ArrayExecutor, Inner]]:
    spool, inner = Spool(tmp_path / "spool"), Inner()
    spool.make()
    made = ArrayExecutor(inner, spool, 4, QUICK)  # type: ignore[arg-type]
    yield made, inner
    made.shutdown()


def until(met: Callable[[], Any]) -> None:
    end = time.monotonic() + 10
    while not met():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


def test_one_array_of_batches(arrays: tuple[ArrayExecutor, Inner]) -> None:
    made, inner = arrays
    futures = [made.submit(work, b"%d" % number) for number in range(10)]
    until(lambda: inner.arrays and len(inner.arrays[0]) == 3)
    [tasks] = inner.arrays
    assert [task.numbers for task in tasks] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    # Results are told while their task still runs.
    tasks[1].run([4])
    assert futures[4].result(10) == b"4"
    assert not futures[5].done()


def test_what_a_death_leaves_goes_on_job_by_job(arrays: tuple[ArrayExecutor, Inner]) -> None:
    made, inner = arrays
    futures = [made.submit(work, b"%d" % number) for number in range(4)]
    until(lambda: inner.arrays)
    [task] = inner.arrays[0]
    task.run([0])
    made.spool.begin(1)
    task.is_over = True
    until(lambda: len(inner.arrays) == 2)
    assert [again.numbers for again in inner.arrays[1]] == [[1], [2], [3]]
    for again in inner.arrays[1]:
        again.run(again.numbers)
        again.is_over = True
    assert [future.result(10) for future in futures] == [b"0", b"1", b"2", b"3"]


def test_tasks_that_never_begin_are_given_up_on(arrays: tuple[ArrayExecutor, Inner]) -> None:
    made, inner = arrays
    future = made.submit(work, b"a")
    for number in range(1, 5):
        until(lambda: len(inner.arrays) == number)  # noqa: B023
        inner.arrays[-1][0].is_over = True
    with pytest.raises(MachineLost, match=r"without having begun, 4 times.*job memory limit"):
        future.result(10)


def test_a_scheduler_that_takes_nothing_is_told(arrays: tuple[ArrayExecutor, Inner]) -> None:
    made, inner = arrays

    def refuse(*_: Any) -> Any:
        raise submitit.core.utils.FailedJobError("sbatch: error: invalid partition")

    inner.submit = refuse  # type: ignore[method-assign]
    with pytest.raises(GraderFault, match="invalid partition"):
        made.submit(work, b"a").result(10)


def queue(monkeypatch: pytest.MonkeyPatch, code: int, says: str) -> list[Any]:
    """Let squeue answer this; returns two tasks of an array."""

    def answer(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        assert command[0] == "squeue"
        return subprocess.CompletedProcess(command, code, says, "")

    monkeypatch.setattr(slurm.subprocess, "run", answer)
    folder = Path(sys.prefix)
    return [submitit.SlurmJob(folder=folder, job_id=f"12_{n}", tasks=[0]) for n in (0, 1)]


def test_the_queue_says_who_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert still_there(queue(monkeypatch, 0, "12_1\n99_0\n")) == {"12_1"}


def test_a_silent_controller_is_nobodys_death(monkeypatch: pytest.MonkeyPatch) -> None:
    assert still_there(queue(monkeypatch, 1, "")) == {"12_0", "12_1"}


def test_options_of_sbatch() -> None:
    options = {"time": "30", "gpus": "1", "partition": "short", "array_parallelism": "4"}
    assert parameters(options, "slurm") == {
        "name": "grader", "timeout_min": 30, "cpus_per_task": 2, "gpus_per_node": 1,
        "slurm_partition": "short", "slurm_array_parallelism": 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"cluster": "local", "batch": "0"}, "batch of slurm is a number from 1"),
        ({"cluster": "local", "time": "soon"}, "time of slurm is a number"),
        ({"cluster": "local", "colour": "red"}, "submitit does not accept"),
        ({"cluster": "nowhere"}, "submitit does not accept"),
    ],
)
def test_wrong_options(options: dict[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=says), open_slurm(options, tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_a_task_is_our_function_and_numbers(tmp_path: Path) -> None:
    """What submitit pickles is a reference and the names of files; the hand-in is in the file."""
    import cloudpickle

    pickled = cloudpickle.dumps((run_batch, work, str(tmp_path), [0]))
    assert b"grader.engine.spool" in pickled
    assert b"run_batch" in pickled
    assert len(pickled) < 500
