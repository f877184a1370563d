"""`grader certify` as a shell runs it: what it prints and writes, and when it exits with 1."""

import json
import shutil
from pathlib import Path

import pytest

from grader.model import Course
from tests.cli.test_commands import grader


@pytest.fixture
def own(tmp_path: Path, course: Course) -> Path:
    """A copy of the course of the tests, which remembers its own trials and may be spoilt."""
    root = tmp_path / "course"
    shutil.copytree(course.root, root, ignore=shutil.ignore_patterns("__pycache__", ".grader"))
    return root


def test_a_certificate_is_printed_and_written(own: Path, tmp_path: Path) -> None:
    files = ("--json", tmp_path / "c.json", "--page", tmp_path / "c.md")
    done = grader("certify", "01_mini", "--quick", *files, "--course", own)
    assert done.returncode == 0, done.stderr
    assert "01_mini: certified." in done.stdout
    [entry] = json.loads((tmp_path / "c.json").read_text())["assignments"]
    assert entry["certified"]
    assert "## 01_mini" in (tmp_path / "c.md").read_text()


def test_what_falls_short_is_told_and_exits_with_1(own: Path) -> None:
    wrong = '# %% variant="no variant at all" exercise="double"\ndef double(x):\n    return x\n'
    (own / "solutions" / "01_mini" / "variants" / "wrong.py").write_text(wrong)
    done = grader("certify", "01_mini", "--quick", "--course", own)
    assert done.returncode == 1
    assert "! double, variant “no variant at all” loses points" in done.stdout
    assert "certified." not in done.stdout


def test_what_cannot_be_certified_is_a_sentence(own: Path) -> None:
    done = grader("certify", "99_none", "--course", own)
    assert done.returncode == 2
    assert "The course has no assignment 99_none; it has: 01_mini" in done.stderr
    shutil.rmtree(own / "solutions")
    done = grader("certify", "01_mini", "--course", own)
    assert done.returncode == 1
    assert "01_mini: has no solution here" in done.stderr
