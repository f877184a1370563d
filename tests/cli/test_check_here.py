"""`grader check --here`: on systems that know no walls, in an ordinary process."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli import check, doctor
from grader.model import Course
from tests.cli.test_commands import grader

Make = Callable[..., bytes]


@pytest.fixture
def notebook(course: Course, tmp_path: Path, make_notebook: Make) -> Path:
    folder = tmp_path / "01_mini"
    shutil.copytree(course.root / "assignments" / "01_mini", folder)
    file = folder / "01_mini.ipynb"
    wrong = "def double(x):\n    return x"
    file.write_bytes(
        make_notebook({"double": wrong}, ("print('noise')", "1 / 0", "check('Scale')"))
    )
    return file


def test_cells_run_in_order_and_the_checks_after_them(notebook: Path) -> None:
    done = grader("check", notebook, "--here")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("! code cell 8: ZeroDivisionError: ")
    assert "Mini: 2 pass, 2 wrong, 0 still to do" in lines[1]
    assert "noise" not in done.stdout


def test_one_exercise_is_shown_with_its_checks(notebook: Path) -> None:
    done = grader("check", notebook, "double", "--here")
    assert "✗ double (1 point) wrong" in done.stdout
    assert "expected: 6" in done.stdout
    done = grader("check", notebook, "dobule", "--here")
    assert (done.returncode, "Did you mean double?" in done.stderr) == (2, True)


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_never_come_near_the_walls(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    came: list[Path] = []
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr("grader.athome.check_at_home", lambda path, name: came.append(path) or 0)
    for module in ("grader.processes.launch", "grader.sandbox.probe", "grader.sandbox.kernel"):
        monkeypatch.setitem(sys.modules, module, None)
    result = CliRunner().invoke(check.command, [str(notebook)])
    assert (result.exit_code, came) == (0, [notebook.resolve()])
    lines = list(doctor.about_machine())
    assert any("Walls, and so grading, need Linux." in line for line in lines)


def test_a_students_machine_is_not_told_that_things_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = doctor.version
    gone = {"jupytext", "torch"}
    monkeypatch.setattr(doctor, "version", lambda name: None if name in gone else known(name))
    said = "\n".join(doctor.about_machine())
    assert "set up for students; releasing and reporting would need jupytext as well" in said
    assert "torch is missing; assignments that use it cannot be run" in said
    assert "missing, and needed" not in said
    gone.add("hypothesis")
    said = "\n".join(doctor.about_machine())
    assert "missing, and needed for notebooks: hypothesis. Get it: python -m pip install" in said


@pytest.mark.parametrize("options", [(), ("--here",)])
def test_what_is_no_notebook_of_this_folder_is_told(
    notebook: Path, options: tuple[str, ...]
) -> None:
    book = json.loads(notebook.read_bytes())
    merge = f"<<<<<<< HEAD\n{json.dumps(book)}\n=======\n{json.dumps(book)}\n>>>>>>> theirs\n"
    book["metadata"]["course"] = {"assignment": "02_x", "version": 1}
    for data, says in (
        (b"", "error: 01_mini.ipynb: The file is empty."),
        (b"PK\x03\x04 rest", "The file is a zip archive, not a notebook"),
        (merge.encode(), "`grader doctor 01_mini.ipynb --repair` may help."),
        (json.dumps(book).encode(), "it is 02_x, but it lies in the folder of 01_mini"),
    ):
        notebook.write_bytes(data)
        done = grader("check", notebook, *options)
        assert (done.returncode, done.stdout) == (1, ""), data[:80]
        assert says in done.stderr
        assert "Traceback" not in done.stderr
