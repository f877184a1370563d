"""A simulated run of Gradescope: its folders, its metadata, its script, our archive."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from grader.ci.files import Wish, autograder_zip
from grader.ci.gradescope import (
    Metadata,
    Previous,
    best_before,
    is_late,
    read_metadata,
    run_gradescope,
)
from grader.model import Assignment, Course, Isolation, Level
from grader.processes.launch import Processes
from grader.results import write_whole

ROOT = Path(__file__).parents[2]
Make = Callable[..., bytes]
METADATA = {
    "id": 123456,
    "created_at": "2026-03-01T14:22:32.365935-08:00",
    "assignment": {
        "due_date": "2026-03-01T23:00:00.000000-08:00", "group_size": 4, "group_submission": True,
        "id": 25828, "course_id": 1234, "late_due_date": None, "title": "Mini",
        "release_date": "2026-02-02T00:00:00.000000-08:00", "total_points": "20.0",
    },
    "submission_method": "upload",
    "users": [{"email": "student@example.com", "id": 1234, "name": "Student User"}],
    "previous_submissions": [
        {"submission_time": "2026-02-06T14:24:48.087023-08:00", "score": 0.5, "results": {}},
        {"submission_time": "2026-02-07T14:24:48.087023-08:00", "score": None, "results": None},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def archive(course: Course) -> bytes:
    return autograder_zip(Wish(course, course.assignments[0], "", "torch"))


@pytest.fixture
def root(tmp_path: Path, archive: bytes, make_notebook: Make) -> Path:
    """The container's folder as Gradescope leaves it before a run."""
    root = tmp_path / "autograder"
    for name in ("source", "submission", "results"):
        (root / name).mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        packed.extractall(root / "source")
    # Ours is installed already; the run must not need the copy that comes along.
    shutil.rmtree(root / "source" / "kit")
    shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
    (root / "run_autograder").chmod(0o755)
    hand_in(root, "work.ipynb", make_notebook({"double": "def double(x): return x"}))
    (root / "submission_metadata.json").write_text(json.dumps(METADATA))
    return root


def hand_in(root: Path, name: str, data: bytes) -> None:
    (root / "submission" / name).write_bytes(data)


def command(root: Path) -> dict[str, Any]:
    """Return how the harness starts a run: in its folder, with what it prints kept for staff."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    env = {"PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(Path.home()),
           "AUTOGRADER_ROOT": str(root), "AUTOGRADER_VENV": "/nowhere"}  # fmt: skip
    return {"args": [str(root / "run_autograder")], "cwd": root, "env": env}


def results(root: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((root / "results" / "results.json").read_text())
    return read


SPY = """
import os
def readable(path):
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                open(os.path.join(folder, name), "rb").read(1)
            except OSError:
                continue
            yield name
stolen = [name for path in {read!r} for name in readable(path)]
try:
    open({write!r}, "w").write('{{"score": 999}}')
    stolen.append("results")
except OSError:
    pass
if stolen:
    del integrate
"""


def test_a_run(root: Path, make_notebook: Make) -> None:
    """What student code could read or write would cost it an exercise here."""
    read = [str(root / name) for name in ("source", "results", "submission")]
    spy = SPY.format(read=read, write=str(root / "results" / "results.json"))
    wrong = {"double": "def double(x): return x"}
    hand_in(root, "work.ipynb", make_notebook(wrong, adds=(spy,)))
    done = subprocess.run(**command(root), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    document = results(root)
    assert document["score"] == 4.5
    told = {(test["visibility"], test["status"]) for test in document["tests"]}
    assert {("visible", "passed"), ("visible", "failed"), ("after_published", "passed")} <= told
    assert document["stdout_visibility"] == "hidden"
    assert sum(test["max_score"] for test in document["tests"]) == pytest.approx(5.5, abs=1e-3)
    assert "ended before" not in document["output"]
    assert os.listdir(root / "results") == ["results.json"]
    # Nobody but the grader may look at the checks.
    assert (root / "source" / "course").stat().st_mode & 0o077 == 0


def run_here(root: Path, processes: Processes) -> bool:
    """Do the same in this process, with workers that run already."""
    return run_gradescope(root, required=Level.limits, start=lambda _: nullcontext(processes))


def test_never_lower(root: Path, processes: Processes) -> None:
    metadata = json.loads(json.dumps(METADATA))
    metadata["previous_submissions"][0]["score"] = "5.0"
    (root / "submission_metadata.json").write_text(json.dumps(metadata))
    assert run_here(root, processes)
    document = results(root)
    assert document["score"] == 5.0
    assert document["extra_data"]["points"] == "9/2"
    assert document["tests"][-1]["name"] == "An earlier hand-in counts"


def test_results_are_there_from_the_start_and_after_each_check(
    root: Path, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run may be killed between any two of these documents: each would do."""
    written: list[dict[str, Any]] = []

    def keep(file: Path, text: str) -> None:
        write_whole(file, text)
        written.append(results(root))

    monkeypatch.setattr("grader.ci.gradescope.write_whole", keep)
    assert run_here(root, processes)
    *before, last = written
    assert all("ended before all checks were made" in document["output"] for document in before)
    assert "ended before" not in last["output"]
    assert written[0]["tests"] == []
    # With the earlier score as soon as it is known how much can be earned.
    assert [document["score"] for document in written[1:3]] == [0.5, 0.5]
    left = [
        sum(test.get("output", "").startswith("Not checked") for test in document["tests"])
        for document in written[2:]
    ]
    assert left == sorted(left, reverse=True)
    assert left[0] == len(last["tests"])
    assert left[-1] == 0
    # Exercise by exercise, and more often where something failed.
    assert len(set(left)) >= 3


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ((), "No notebook (.ipynb) was found in"),
        (("a.ipynb", "b.ipynb"), "Hand in one notebook, or call it 01_mini.ipynb: there are 2."),
        (("torn.ipynb",), "The file is not a notebook"),
    ],
)
def test_what_cannot_be_graded_is_told_and_keeps_the_best(
    root: Path, processes: Processes, names: tuple[str, ...], says: str
) -> None:
    (root / "submission" / "work.ipynb").unlink()
    for name in names:
        hand_in(root, name, b"{")
    assert run_here(root, processes)
    assert says in results(root)["output"]
    assert results(root)["score"] == 0.5


def test_the_one_of_the_right_name_is_taken(
    root: Path, processes: Processes, make_notebook: Make
) -> None:
    hand_in(root, "01_mini.ipynb", make_notebook())
    assert run_here(root, processes)
    assert results(root)["score"] == 5.5


def test_a_fault_of_ours_costs_nobody_a_score(
    root: Path, processes: Processes, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = root / "source" / "course" / "solutions" / "01_mini" / "checks.py"
    checks.write_text("def check_broken(")
    assert not run_here(root, processes)
    assert "checks.py" in capsys.readouterr().out
    document = results(root)
    assert document["score"] == 0.5
    assert "this is not about your hand-in" in document["output"]
    # What staff read is not for students.
    assert "checks.py" not in json.dumps(document)


def test_behind_weaker_walls_nothing_is_run(root: Path) -> None:
    weak = SimpleNamespace(isolation=Isolation(Level.limits, (), refused=("no namespaces",)))
    start = cast("Any", lambda _: nullcontext(weak))
    assert not run_gradescope(root, required=Level.restricted, start=start)
    assert results(root)["score"] == 0.5
    assert results(root)["tests"][-1]["name"] == "An earlier hand-in counts"


def test_metadata(tmp_path: Path, course: Course) -> None:
    assignment: Assignment = course.assignments[0]
    assert read_metadata(tmp_path / "none.json") == Metadata()
    (tmp_path / "m.json").write_text(json.dumps(METADATA))
    metadata = read_metadata(tmp_path / "m.json")
    assert best_before(metadata, assignment) == Fraction(1, 2)
    assert is_late(metadata) is False
    assert is_late(Metadata()) is None
    forged = Metadata(previous_submissions=[Previous(999.0), Previous(-1.0), Previous(2.0)])
    assert best_before(forged, assignment) == 2
