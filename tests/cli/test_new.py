"""A course of one's own: what the two commands write works from the first second."""

import json
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from grader.notebook.source import read_cells, with_solution
from grader.scaffold import files as scaffold
from tests.cli.test_commands import grader


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that `grader new-course` has made."""
    folder = tmp_path_factory.mktemp("made") / "statistics"
    done = grader("new-course", folder, "--title", "Statistics “1”", cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    return folder


def hand_in(course: Path) -> bytes:
    """Return the solution as a notebook that somebody hands in."""
    notebook = nbformat.v4.new_notebook()
    for cell in read_cells(course / "solutions" / "01_first" / "solution.py"):
        if cell.kind == "code":
            notebook.cells.append(nbformat.v4.new_code_cell(with_solution(cell.source)))
    return str(nbformat.writes(notebook)).encode()


def test_a_new_course_is_certified_as_it_is(course: Path) -> None:
    done = grader("certify", "--jobs", "1", "--json", course / "c.json", cwd=course)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "01_first: certified." in done.stdout
    found = json.loads((course / "c.json").read_text())["assignments"][0]
    assert found["problems"] == []


def test_its_right_notebook_gets_all_points_and_its_skeleton_none(
    course: Path, tmp_path: Path
) -> None:
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna" / "01_first.ipynb").write_bytes(hand_in(course))
    (tmp_path / "ben").mkdir()
    shutil.copy(course / "assignments" / "01_first" / "01_first.ipynb", tmp_path / "ben")
    done = grader("grade", tmp_path, "--out", tmp_path / "graded", "--jobs", "1", cwd=course)
    assert done.returncode == 0, done.stderr
    assert "anna: 2 of 2 points" in done.stdout
    assert "ben: 0 of 2 points" in done.stdout


def test_its_students_can_check(course: Path, tmp_path: Path) -> None:
    shutil.copytree(course / "assignments" / "01_first", tmp_path / "01_first")
    (tmp_path / "01_first" / "01_first.ipynb").write_bytes(hand_in(course))
    done = grader("check", tmp_path / "01_first" / "01_first.ipynb", cwd=tmp_path)
    assert "median: 1 of 1 public checks pass" in done.stdout


def test_what_it_releases_is_what_it_holds(course: Path, tmp_path: Path) -> None:
    assert grader("release", "--out", tmp_path / "tree", cwd=course).returncode == 0
    for file in sorted((course / "assignments").rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            again = tmp_path / "tree" / file.relative_to(course / "assignments")
            assert again.read_bytes() == file.read_bytes()
    assert 'title = "Statistics “1”"' in (course / "course.toml").read_text()
    assert "/kit/" not in str(list((course / "assignments").rglob("*")))


def test_an_assignment_is_added_and_nothing_else_is_touched(course: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(course, copy)
    skeleton = copy / "assignments" / "01_first" / "01_first.ipynb"
    skeleton.write_text("as somebody left it")
    done = grader("new-assignment", "02_spread", "--title", 'The "spread"', cwd=copy)
    assert done.returncode == 0, done.stderr
    assert skeleton.read_text() == "as somebody left it"
    assert (
        'title = "The \\"spread\\""' in (copy / "assignments/02_spread/assignment.toml").read_text()
    )
    assert '# The \\"spread\\"' in (copy / "assignments/02_spread/02_spread.ipynb").read_text()
    again = grader("new-assignment", "02_other", cwd=copy)
    assert again.returncode == 2
    assert "The number 02 is taken by 02_spread" in again.stderr
    assert not (copy / "solutions" / "02_other").exists()


@pytest.mark.parametrize("name", ["flow", "1_flow", "01flow", "01_Flow", "../01_flow", "01_flow/x"])
def test_names_that_cannot_be(name: str, course: Path) -> None:
    done = grader("new-assignment", name, cwd=course)
    assert done.returncode == 2
    assert "cannot be the name of an assignment" in done.stderr


def test_a_folder_that_is_not_free(course: Path, tmp_path: Path) -> None:
    before = (course / "README.md").read_bytes()
    assert "is not empty" in grader("new-course", course, "--title", "Other").stderr
    assert (course / "README.md").read_bytes() == before
    (tmp_path / "file").touch()
    assert "is a file" in grader("new-course", tmp_path / "file").stderr
    assert "cannot be written to" in grader("new-course", "/proc/course").stderr
    assert "cannot be a title" in grader("new-course", tmp_path / "x", "--title", " ").stderr
    assert not (tmp_path / "x").exists()
    assert "No course found" in grader("new-assignment", "01_x", cwd=tmp_path).stderr


def test_a_repository_cloned_empty_is_free(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    done = grader("new-course", tmp_path, "--ci", "gitlab", "--install", "g @ git+https://h/g.git")
    assert done.returncode == 0, done.stderr
    assert (
        'pip install --quiet "g @ git+https://h/g.git"' in (tmp_path / ".gitlab-ci.yml").read_text()
    )
    assert not (tmp_path / ".ci").exists()
    listed = subprocess.run(
        ["git", "-C", tmp_path, "add", "-An", "."], capture_output=True, text=True, check=True
    ).stdout
    assert "solutions/01_first/solution.py" in listed
    assert ".grader" not in listed


@pytest.mark.parametrize(
    ("origin", "says"),
    [
        (
            '{"url": "https://h/g.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}',
            "inside-language-models[staff] @ git+https://h/g.git@abc",
        ),
        ('{"url": "https://h/g.whl", "archive_info": {}}', "[staff] @ https://h/g.whl"),
        ('{"url": "file:///g.whl", "archive_info": {}}', "./.ci/kit[staff]"),
        ('{"url": "file:///checkout", "dir_info": {}}', "./.ci/kit[staff]"),
        (None, "inside-language-models[staff]==1.2"),
    ],
)
def test_ci_gets_the_grader_the_way_it_came(
    origin: str | None, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Installed:
        version = "1.2"

        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return origin

    monkeypatch.setattr(scaffold, "CHECKOUT", Path("/nowhere"))
    monkeypatch.setattr(scaffold.importlib.metadata, "distribution", lambda _: Installed())
    assert scaffold.usual_install().endswith(says)


def test_a_checkout_goes_into_the_course(course: Path) -> None:
    assert (
        'pip install --quiet "./.ci/kit[staff]"'
        in (course / ".github/workflows/course.yml").read_text()
    )
    assert (course / ".ci/kit/grader/cli/__init__.py").is_file()
    assert (course / ".ci/kit/pyproject.toml").is_file()
