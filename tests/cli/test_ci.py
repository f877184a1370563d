"""`grader ci-init` and `ci-run` as a pipeline runs them."""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from grader.cli.ci_run import is_wrong, tell
from grader.model import Course, HandIn, Submission
from tests.cli.test_commands import ROOT, grader
from tests.exports.class_of import graded

Make = Callable[..., bytes]
WRONG = {"double": "def double(x): return x"}


@pytest.fixture(scope="module")
def repository(
    tmp_path_factory: pytest.TempPathFactory, course: Course, make_notebook: Make
) -> Path:
    """A student's repository, with what `ci-init` has written and a hand-in that is wrong."""
    root = tmp_path_factory.mktemp("repository")
    words = ("ci-init", "github", "--assignment", "01_mini", "--out", root)
    done = grader(*words, "--course", course.root)
    assert done.returncode == 0, done.stderr
    (root / "01_mini.ipynb").write_bytes(make_notebook(WRONG))
    return root


def test_github(repository: Path) -> None:
    """The command of the workflow, with the copy of the grader that came along."""
    summary = repository / "summary.md"
    kit = str(repository / ".ci" / "kit")
    env = {"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), "PYTHONPATH": kit}
    env["GITHUB_STEP_SUMMARY"] = str(summary)
    words = ["ci-run", "github", "01_mini.ipynb", "--course", ".ci/course", "--out", "graded"]
    done = subprocess.run(
        [sys.executable, "-m", "grader", *words, "--strict"],
        cwd=repository, capture_output=True, text=True, check=False, env=env,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    # Without the reference, what builds on a wrong function is wrong with it.
    note, second = [line for line in done.stdout.splitlines() if line.startswith("::")]
    head, _, message = note.removeprefix("::error ").partition("::")
    read = dict(part.split("=", 1) for part in head.split(","))
    assert read["file"] == "01_mini.ipynb"
    assert read["title"] == "double%3A 0 of 1 checks pass"
    line = (repository / "01_mini.ipynb").read_text().split("\n")[int(read["line"]) - 1]
    assert "def double(x)" in line
    assert "got: 3" in message
    assert "title=quadruple%3A 0 of 1 checks pass" in second
    assert "points**: double 0 of 1" in summary.read_text()
    assert "Public checks only" in summary.read_text()
    assert (repository / "graded" / "feedback" / "01_mini" / "01_mini.html").exists()
    assert ET.parse(repository / "graded" / "junit.xml").getroot()[0].get("failures") == "2"


def test_a_second_time_only_by_force(repository: Path, course: Course) -> None:
    words = ("ci-init", "github", "--assignment", "01_mini", "--out", repository)
    done = grader(*words, "--course", course.root)
    assert done.returncode == 2
    assert "Use --force to write over it" in done.stderr
    assert grader(*words, "--course", course.root, "--force").returncode == 0


def test_gitlab_and_classroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grade = graded("05_flow", 8)
    submissions = {
        "05_flow": Submission("05_flow", "work.ipynb", lambda: HandIn(b'"def f(x)\\n",'))
    }
    tell("gitlab", tmp_path, [grade], submissions, has_hidden=True)
    [entry] = json.loads((tmp_path / "codequality.json").read_text())
    assert entry["location"] == {"path": "work.ipynb", "lines": {"begin": 1}}
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    tell("classroom", tmp_path, [grade], submissions, has_hidden=True)
    assert "Public checks only" not in (tmp_path / "summary").read_text()
    name, _, value = (tmp_path / "output").read_text().strip().partition("=")
    assert name == "result"
    assert json.loads(base64.b64decode(value))["tests"][0]["score"] == 8
    assert is_wrong(grade)


def test_gradescope_writes_one_archive(course: Course, tmp_path: Path) -> None:
    file = tmp_path / "mini.zip"
    words = ("ci-init", "gradescope", "--assignment", "01_mini", "--out", file)
    done = grader(*words, "--course", course.root)
    assert done.returncode == 0, done.stderr
    assert "It holds hidden checks" in done.stdout
    assert shutil.which("bash")
    shutil.unpack_archive(file, tmp_path / "source")
    for script in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", tmp_path / "source" / script], check=True)
    assert file.stat().st_size < 5 << 20
    assert os.environ.get("AUTOGRADER_ROOT") is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["ci-init", "github"], "Name one assignment with --assignment; the course has: 01_mini"),
        (["ci-init", "github", "--assignment", "9_x"], "The course has no assignment 9_x"),
        (["ci-init", "gitlab", "--assignment", "01_mini", "--torch", 'x"; rm'], "leave quotation"),
        (["ci-init", "gradescope", "--assignment", "01_mini", "--out", "/tmp"], "is a folder"),
        (["ci-init", "gradescope", "--assignment", "01_mini", "--out", "flow"], "name flow.zip"),
        (["ci-run", "github"], "Name the notebook to grade"),
        (["ci-run", "gradescope", "--root", "/nowhere"], "There is no folder /nowhere/submission"),
        (["ci-init", "travis"], "Invalid value for"),
    ],
)
def test_wrong_usage_is_a_sentence(course: Course, words: list[str], says: str) -> None:
    done = grader(*words, "--course", course.root)
    assert done.returncode == 2
    assert says in done.stderr


def test_help_has_examples() -> None:
    for command in ("export", "ci-init", "ci-run"):
        done = subprocess.run(
            [sys.executable, "-m", "grader", command, "--help"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert "Example" in done.stdout
