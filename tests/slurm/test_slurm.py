"""Grading through a real Slurm of one node; `nox -s slurm` runs it and prints what happened.

Needs Debian's slurmctld, slurmd, slurm-client and munge, and root to start them.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("submitit", reason="submitit is not installed here")

from grader.engine.slurm import open_slurm
from grader.errors import MachineLost
from grader.model import Course
from tests.cli.test_killed import graded
from tests.engine.dying import work
from tests.slurm.one_node import missing, one_node
from tests.test_grading import until

Make = Callable[..., bytes]
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(bool(missing()), reason=f"Slurm is not installed here: {missing()}"),
    pytest.mark.skipif(os.getuid() != 0, reason="only root can start a Slurm"),
]
ROOT = Path(__file__).parents[2]
SECRET = "a secret of the environment"


@pytest.fixture(scope="module", autouse=True)
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A Slurm for all tests here."""
    start = time.monotonic()
    with one_node(tmp_path_factory.mktemp("slurm")) as conf, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", conf)
        print(f"\n{said('srun', '--version')}, one node, up in {time.monotonic() - start:.1f} s")
        yield


@pytest.fixture
def hand_ins(tmp_path: Path, make_notebook: Make) -> Path:
    for number in range(5):
        wrote = {"double": "def double(x): return x"} if number % 2 else {}
        folder = tmp_path / "hand-ins" / f"group_{number}"
        folder.mkdir(parents=True)
        book = make_notebook(wrote, adds=("import time\ntime.sleep(1)",))
        (folder / "01_mini.ipynb").write_bytes(book)
    return tmp_path / "hand-ins"


def said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def tasks_of(spool: Path) -> list[int]:
    """Return the processes that work off a spool: Python with its folder as an argument."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            if b"submitit.core._submit" in words and str(spool).encode() in words:
                found.append(int(entry.name))
    return found


def command(hand_ins: Path, course: Course, out: Path, executor: str) -> list[str]:
    words = ["grade", str(hand_ins), "--course", str(course.root), "--out", str(out)]
    return [sys.executable, "-m", "grader", *words, "--executor", executor]


EXPECTED = {f"group_{number}": 4.5 if number % 2 else 5.5 for number in range(5)}


def test_a_class_in_an_array(hand_ins: Path, course: Course, tmp_path: Path) -> None:
    out, seen = tmp_path / "out", set[str]()
    with subprocess.Popen(
        command(hand_ins, course, out, "slurm:batch=2,cpus=1,time=5"),
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        while process.poll() is None:
            seen |= set(said("squeue", "--noheader", "--array", "--format=%i %j %T").splitlines())
            time.sleep(0.3)
        assert process.stdout is not None
        print("\n$ grader grade hand-ins --out out --executor slurm:batch=2,cpus=1,time=5")
        print(process.stdout.read().replace(str(out), "out"))
        print("squeue showed:", *sorted(seen), sep="\n  ")
    assert process.returncode == 0
    assert graded(out) == EXPECTED
    assert {line.split()[0].partition("_")[2] for line in seen} == {"0", "1", "2"}, "no array of 3"
    assert not list(out.glob(".slurm-*")), "hand-ins are left behind"


@pytest.mark.parametrize("how", ["its process is killed", "it is cancelled"])
def test_a_task_that_dies_costs_a_retry(
    hand_ins: Path, course: Course, tmp_path: Path, how: str
) -> None:
    out = tmp_path / "out"
    with subprocess.Popen(
        command(hand_ins, course, out, "slurm:batch=5,time=5"),
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        until(lambda: list(out.glob(".slurm-*/1.tries")))
        spool = next(out.glob(".slurm-*"))
        assert spool.stat().st_mode & 0o077 == 0
        assert not [
            f for f in spool.rglob("*") if f.is_file() and SECRET.encode() in f.read_bytes()
        ]
        if how == "it is cancelled":
            subprocess.run(["scancel", said("squeue", "--noheader", "--format=%A")], check=True)
        else:
            for pid in tasks_of(spool):
                os.kill(pid, signal.SIGKILL)
        assert process.stdout is not None
        said_so = process.stdout.read().replace(str(out), "out")
        print(f"\nA task of five dies over the second ({how}):\n{said_so}")
    assert process.returncode == 0
    assert graded(out) == EXPECTED


def test_a_job_that_kills_every_node_is_given_up_on(tmp_path: Path) -> None:
    with open_slurm({"batch": "3", "time": "5"}, tmp_path) as executor:
        futures = [executor.submit(work, data) for data in (b"a", b"die", b"b")]
        assert [futures[n].result(120) for n in (0, 2)] == [b"A", b"B"]
        with pytest.raises(MachineLost, match=r"died over it \(3 times\)") as caught:
            futures[1].result(120)
    print(f"\nA job that kills its machine each time: {caught.value}")


def test_what_slurm_refuses_is_told(hand_ins: Path, course: Course, tmp_path: Path) -> None:
    words = command(hand_ins, course, tmp_path / "out", "slurm:partition=nowhere")
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    print(f"\n--executor slurm:partition=nowhere: exit code {done.returncode}\n{done.stderr}")
    assert done.returncode == 1
    assert "nvalid partition" in done.stderr


def linger(data: bytes) -> bytes:
    """Take longer than any test waits."""
    time.sleep(300)
    return data


def test_stopping_cancels_what_is_queued(tmp_path: Path) -> None:
    with open_slurm({"batch": "1", "time": "5"}, tmp_path) as executor:
        for _ in range(4):
            executor.submit(linger, b"")
        until(lambda: said("squeue", "--noheader"))
    until(lambda: not said("squeue", "--noheader"))
