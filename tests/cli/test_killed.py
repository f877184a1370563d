"""A grader killed in the middle: its gradebook opens, nothing is left behind, a run resumes."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.model import Course

ROOT = Path(__file__).parents[2]
Make = Callable[..., bytes]
Processes = dict[int, str]
COUNT = 8
# Which process dies: the grader, or one of those it has started, by its depth in the tree.
VICTIMS = [
    pytest.param(0, id="the grader"),
    pytest.param(1, id="the ancestor", marks=pytest.mark.long),
    pytest.param(2, id="a source or a minder", marks=pytest.mark.long),
    pytest.param(3, id="a worker"),
]


def command(hand_ins: Path, course: Course, out: Path, *more: str) -> list[str]:
    words = ["grade", str(hand_ins), "--course", str(course.root), "--out", str(out)]
    return [sys.executable, "-m", "grader", *words, "--jobs", "2", *more]


@pytest.fixture(scope="module")
def hand_ins(tmp_path_factory: pytest.TempPathFactory, make_notebook: Make) -> Path:
    """Hand-ins that take a moment each, with different points."""
    folder = tmp_path_factory.mktemp("hand-ins")
    for number in range(COUNT):
        wrote = {"double": "def double(x): return x"} if number % 2 else {}
        (folder / f"group_{number}").mkdir()
        book = make_notebook(wrote, adds=("import time\ntime.sleep(0.2)",))
        (folder / f"group_{number}" / "01_mini.ipynb").write_bytes(book)
    return folder


def family(root: int) -> list[list[int]]:
    """Return the processes below one, generation by generation, itself first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    generations = [[root]]
    while generations[-1]:
        generations.append([c for pid in generations[-1] for c in children.get(pid, [])])
    return generations[:-1]


def graded(out: Path) -> dict[str, float]:
    """Return the points in a gradebook by submission; it must be sound."""
    with sqlite3.connect(out / "gradebook.sqlite") as book:
        assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert not book.execute("PRAGMA foreign_key_check").fetchall()
        names = [name for (name,) in book.execute("SELECT submission FROM grades")]
        rows = book.execute("SELECT submission, points FROM exercises").fetchall()
    points = dict.fromkeys(names, 0.0)
    for name, text in rows:
        whole, _, part = text.partition("/")
        points[name] += int(whole) / int(part or 1)
    return points


@pytest.mark.parametrize("depth", VICTIMS)
def test_a_run_that_was_killed_goes_on(
    hand_ins: Path, course: Course, tmp_path: Path, depth: int
) -> None:
    out = tmp_path / "out"
    with subprocess.Popen(
        command(hand_ins, course, out), cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        # Two are done, two are under way.
        [process.stdout.readline() for _ in range(2)]
        generations = family(process.pid)
        for pid in generations[depth][-1:]:
            os.kill(pid, signal.SIGKILL)
        process.stdout.read()
        process.wait(60)
    before = graded(out)
    assert len(before) >= 2
    everyone = {pid for generation in generations for pid in generation}
    assert not survivors(everyone), "processes outlive the run"
    file = tmp_path / "results.json"
    resumed = subprocess.run(
        command(hand_ins, course, out, "--json", str(file)),
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    assert "were graded before and have not changed" in resumed.stdout
    expected = {f"group_{number}": 4.5 if number % 2 else 5.5 for number in range(COUNT)}
    assert graded(out) == expected
    entries = json.loads(file.read_text())["submissions"]
    assert {e["submission"]: e["points"] for e in entries} == expected
    for kind, ending in (("feedback", "html"), ("notebooks", "ipynb")):
        assert {
            p.name for p in (out / kind / "01_mini").iterdir() if not p.name.startswith(".")
        } == {f"{name}.{ending}" for name in expected}


STRAYS = """
import os, sys, time
from pathlib import Path
from grader.model import HandIn, Level, Limits
from grader.processes.executing import Execution
from grader.processes.launch import Processes

DAEMON = '''
import os, time
if not os.fork():
    os.setsid()
    if not os.fork():
        time.sleep(100)
    os._exit(0)
time.sleep(0.1)
'''
with Processes(at_most=Level(sys.argv[1])) as processes:
    execution = Execution(processes, [DAEMON], HandIn(b""), [], 1)
    with execution.worker(Limits()):
        print("ready", flush=True)
        time.sleep(100)
"""


@pytest.mark.parametrize("level", ["full", "restricted", "limits"])
def test_a_daemon_does_not_outlive_a_killed_grader(level: str) -> None:
    words = [sys.executable, "-c", STRAYS, level]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        # Found while their parents still lead to them; the daemon itself hangs below the minder.
        everyone = {pid for generation in family(process.pid) for pid in generation}
        process.kill()
        process.wait()
    assert len(everyone) >= 6
    assert not survivors(everyone)


def survivors(everyone: set[int]) -> set[int]:
    """Return who is still alive after a while."""
    end = time.monotonic() + 5
    while (left := everyone & alive()) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def alive() -> set[int]:
    """Return the processes that have not ended."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                    found.add(int(entry.name))
            except OSError:
                continue
    return found


def test_a_hand_in_that_has_changed_is_graded_again(
    course: Course, tmp_path: Path, make_notebook: Make
) -> None:
    folder = tmp_path / "hand-ins"
    for name in ("same", "other"):
        (folder / name).mkdir(parents=True)
        (folder / name / "01_mini.ipynb").write_bytes(make_notebook())
    out = tmp_path / "out"
    first = command(folder, course, out)
    assert subprocess.run(first, cwd=ROOT, check=False, capture_output=True).returncode == 0
    wrong = make_notebook({"double": "def double(x): return x"})
    (folder / "other" / "01_mini.ipynb").write_bytes(wrong)
    again = subprocess.run(
        command(folder, course, out),
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert "1 were graded before and have not changed" in again.stdout
    assert "[2/2] other: 4.5" in again.stdout
    assert graded(out) == {"same": 5.5, "other": 4.5}
