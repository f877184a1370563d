"""The watchdog: who is ended when the processes of a worker take too much together."""

import mmap
import os
import signal
from pathlib import Path

import pytest

from grader.model import Limits
from grader.sandbox import watchdog
from grader.sandbox.watchdog import CHEAP, EXACT, Watchdog, memory_of

MB = 1 << 20
LIMITS = Limits(memory_bytes=100 * MB, processes=4, scratch_bytes=MB, file_bytes=MB)
WORKER, FORK, OTHER = 10, 11, 12


class Machine:
    """Processes with the memory they have alone and the memory they share."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cheap = {"self": 50 * MB}
        self.exact: dict[int | str, int] = {}
        self.killed: list[int] = []
        self.family = {WORKER, FORK}
        monkeypatch.setattr(watchdog, "memory_of", self.memory_of)
        monkeypatch.setattr(watchdog, "descendants", lambda: set(self.family))
        monkeypatch.setattr(os, "kill", self.kill)

    def memory_of(self, pid: int | str, file: str, names: tuple[str, ...]) -> int:
        return (self.cheap if names == CHEAP else self.exact).get(pid, 0)  # type: ignore[call-overload,no-any-return]

    def kill(self, pid: int, number: int) -> None:
        assert number == signal.SIGKILL
        self.killed.append(pid)
        self.family.discard(pid)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def use(machine: Machine, **sizes: int) -> None:
    names = {"worker": WORKER, "fork": FORK, "other": OTHER}
    # What the warm process has is in everybody's numbers and nobody's fault.
    machine.cheap |= {names[name]: 50 * MB + size * MB for name, size in sizes.items()}


def test_what_is_shared_with_the_warm_process_is_free(machine: Machine) -> None:
    use(machine, worker=40, fork=40)
    dog = Watchdog(WORKER, LIMITS, None)
    assert not dog.look()
    assert not machine.killed


def test_what_forks_share_among_themselves_is_counted_once(machine: Machine) -> None:
    use(machine, worker=90, fork=90)
    machine.exact = {WORKER: 45 * MB, FORK: 46 * MB}
    dog = Watchdog(WORKER, LIMITS, None)
    assert not dog.look()
    assert not machine.killed


def test_a_greedy_fork_dies_alone(machine: Machine) -> None:
    use(machine, worker=10, fork=200)
    dog = Watchdog(WORKER, LIMITS, None)
    assert not dog.look()
    assert machine.killed == [FORK]
    why = "its processes used 210 MB together; 100 MB are allowed."
    assert dog.stopped == [f"A process of the notebook was ended: {why}"]


def test_a_greedy_worker_ends_the_notebook(machine: Machine) -> None:
    use(machine, worker=200, fork=10)
    dog = Watchdog(WORKER, LIMITS, None)
    assert dog.look()
    assert dog.stopped == [
        "The notebook was stopped: its processes used 210 MB together; 100 MB are allowed."
    ]


def test_a_process_that_hides_its_numbers_gains_nothing(machine: Machine) -> None:
    use(machine, worker=10, fork=200)
    machine.exact = {WORKER: 5 * MB}
    Watchdog(WORKER, LIMITS, None).look()
    assert machine.killed == [FORK]


def test_patience_ends(machine: Machine) -> None:
    dog = Watchdog(WORKER, LIMITS, None)
    for number in range(watchdog.MAX_STOPPED):
        machine.family = {WORKER, 100 + number}
        machine.cheap[100 + number] = 500 * MB
        assert not dog.look()
    machine.family = {WORKER, 999}
    machine.cheap[999] = 500 * MB
    assert dog.look()


def test_too_many_processes(machine: Machine) -> None:
    machine.family = set(range(100, 100 + 2 * LIMITS.processes + 1))
    dog = Watchdog(WORKER, LIMITS, None)
    assert dog.look()
    assert "9 processes at once" in dog.stopped[0]


def test_the_disk(machine: Machine, tmp_path: Path) -> None:
    dog = Watchdog(WORKER, LIMITS, str(tmp_path))
    (tmp_path / "small").write_bytes(b"x" * 1000)
    assert not dog.look()
    for number in range(4):
        (tmp_path / f"large{number}").write_bytes(b"x" * MB)
    assert dog.look()
    assert "its files took 4 MB" in dog.stopped[0]


def test_too_many_files(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "MAX_FILES", 20)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    dog = Watchdog(WORKER, LIMITS, str(tmp_path))
    for number in range(17):
        (tmp_path / "deep" / "er" / str(number)).touch()
    assert not dog.look()
    (tmp_path / "one more").touch()
    assert dog.look()
    assert "more than 20 files" in dog.stopped[0]


def test_the_kernel_s_numbers() -> None:
    before = memory_of("self", "status", CHEAP)
    # Fresh pages from the kernel: an allocator might hand out what has been freed before.
    held = mmap.mmap(-1, 30 * MB)
    held.write(bytes(30 * MB))
    assert memory_of("self", "status", CHEAP) - before > 25 * MB
    assert memory_of("self", "smaps_rollup", EXACT) > 25 * MB
    held.close()
    assert memory_of(2**22 + 1, "status", CHEAP) == 0
