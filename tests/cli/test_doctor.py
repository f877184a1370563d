"""`grader doctor NOTEBOOK` explains, mends into a new file, and never loses the old one."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from grader.model import Course
from tests.cli.test_commands import grader

Make = Callable[..., bytes]


@pytest.fixture
def notebook(course: Course, tmp_path: Path, make_notebook: Make) -> Path:
    """A right notebook in the folder it was released in, after an editor on Windows."""
    folder = tmp_path / "01_mini"
    shutil.copytree(course.root / "assignments" / "01_mini", folder)
    file = folder / "01_mini.ipynb"
    document = json.loads(make_notebook())
    document["cells"][0]["id"] = document["cells"][1]["id"]
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(document).encode())
    return file


def test_it_explains_and_writes_nothing(notebook: Path) -> None:
    before = notebook.read_bytes()
    done = grader("doctor", notebook)
    assert done.returncode == 0, done.stderr
    assert "01_mini.ipynb: 10 cells, 6 of them code" in done.stdout
    assert "every exercise is defined" in done.stdout
    assert "- The file begins with a byte order mark. --repair mends it: " in done.stdout
    assert "Nothing of this costs points." in done.stdout
    assert notebook.read_bytes() == before
    assert not list(notebook.parent.glob("*.repaired.ipynb"))


def test_it_mends_into_a_new_file(notebook: Path) -> None:
    before = notebook.read_bytes()
    done = grader("doctor", notebook, "--repair")
    repaired = notebook.with_name("01_mini.repaired.ipynb")
    assert done.returncode == 0, done.stderr
    assert "Mended: It is plain UTF-8" in done.stdout
    assert "01_mini.ipynb is as it was" in done.stdout
    nbformat.validate(json.loads(repaired.read_bytes()))
    assert notebook.read_bytes() == before
    assert "Nothing is wrong with the file." in grader("doctor", repaired).stdout
    again = grader("doctor", notebook, "--repair")
    assert again.returncode == 2
    assert "is there already" in again.stderr


def test_it_mends_in_place_and_keeps_a_copy(notebook: Path) -> None:
    before = notebook.read_bytes()
    done = grader("doctor", notebook, "--repair", "--in-place")
    assert done.returncode == 0, done.stderr
    backup = notebook.with_name("01_mini.ipynb.bak")
    assert backup.read_bytes() == before
    assert notebook.read_bytes() != before
    assert "no file was written" in grader("doctor", notebook, "--repair", "--in-place").stdout
    notebook.write_bytes(before)
    again = grader("doctor", notebook, "--repair", "--in-place")
    assert (again.returncode, notebook.read_bytes()) == (2, before)


def test_what_cannot_be_mended_is_exit_code_1(notebook: Path, make_notebook: Make) -> None:
    notebook.write_bytes(make_notebook()[:-200])
    done = grader("doctor", notebook, "--repair")
    assert done.returncode == 1
    assert "01_mini.ipynb would be refused." in done.stdout
    assert "- The file is not a notebook: it ends in the middle" in done.stdout
    assert "no file was written" in done.stdout


def test_what_costs_points_is_exit_code_1_until_it_is_mended(
    notebook: Path, make_notebook: Make
) -> None:
    curved = make_notebook({"double": "def double(x):\n    “Twice.”\n    return 2 * x"})
    notebook.write_bytes(curved)
    done = grader("doctor", notebook)
    assert done.returncode == 1
    assert "! `double` stands in code cell 2, which is not Python: invalid character" in done.stdout
    assert "- Cell 3 (code cell 2) is not Python" in done.stdout
    assert (
        grader("doctor", notebook, "--repair", "--out", notebook.with_name("new.ipynb")).returncode
        == 0
    )


def test_a_lost_exercise_is_explained(notebook: Path, make_notebook: Make) -> None:
    blank = "def double(x):\n    raise NotImplementedError"
    notebook.write_bytes(make_notebook(adds=(blank,)))
    done = grader("doctor", notebook)
    assert done.returncode == 1
    assert (
        "! Code cells 2 and 7 define `double`, and the last one counts. It is blank" in done.stdout
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--repair"], "Name the notebook"),
        (["{notebook}", "--in-place"], "add --repair"),
        (["{notebook}", "--out", "x.ipynb"], "add --repair"),
        (["{notebook}", "--repair", "--in-place", "--out", "x.ipynb"], "either"),
        (["{notebook}", "--repair", "--out", "/proc/x.ipynb"], "cannot be written to"),
        (["{folder}"], "is a directory"),
        (["nowhere.ipynb"], "does not exist"),
    ],
)
def test_wrong_usage(words: list[str], says: str, notebook: Path) -> None:
    filled = [word.format(notebook=notebook, folder=notebook.parent) for word in words]
    done = grader("doctor", *filled)
    assert done.returncode == 2, done.stdout
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_what_was_given_is_known(notebook: Path) -> None:
    """Another exercise is not taken for the one that is gone, however alike their names are."""
    text = notebook.read_text(encoding="utf-8-sig")
    notebook.write_text(text.replace("def double(", "def DOUBLE("), encoding="utf-8")
    told = grader("doctor", notebook).stdout
    assert "No cell defines `double`, but code cell 2 defines `DOUBLE`: the name is what" in told
    notebook.write_text(text.replace("def double(", "def other("), encoding="utf-8")
    told = grader("doctor", notebook).stdout
    assert "No cell defines `double`; the notebook as given has it in the cell" in told


def test_a_notebook_of_another_assignment_is_said_to_be_one(notebook: Path) -> None:
    document = json.loads(notebook.read_text(encoding="utf-8-sig"))
    document["metadata"]["course"] = {"assignment": "02_other", "version": 1}
    notebook.write_text(json.dumps(document), encoding="utf-8")
    done = grader("doctor", notebook)
    assert done.returncode == 1
    assert "says that it is 02_other, but it lies in the folder of 01_mini" in done.stdout
    assert "No cell defines" not in done.stdout
