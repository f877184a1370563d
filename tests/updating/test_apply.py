"""`grader update`: the folder becomes the new release, and what was there is kept."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from grader.model import Course
from grader.notebook.mending import text_of
from grader.settings import GIVEN_FILE
from tests.cli.test_commands import grader

Make = Callable[..., bytes]
WRITTEN = "def double(x):\n    return x + x  # mine"
ANSWER = "The integral of a sum is the sum of the integrals."


def document(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))


def rewritten(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def begun(course: Course, tmp_path: Path) -> Path:
    """A student's notebook in its folder: one exercise written, one answer given."""
    folder = tmp_path / "work" / "01_mini"
    shutil.copytree(course.root / "assignments" / "01_mini", folder)
    file = folder / "01_mini.ipynb"
    book = document(file)
    for cell in book["cells"]:
        if text_of(cell).startswith("def double("):
            cell["source"] = WRITTEN
        if text_of(cell) == "*Your answer here.*":
            cell["source"] = ANSWER
    file.write_text(json.dumps(book), encoding="utf-8")
    return file


@pytest.fixture
def release(course: Course, tmp_path: Path) -> Path:
    """A release of version 2, with another introduction, checks and data."""
    folder = tmp_path / "release" / "01_mini"
    shutil.copytree(course.root / "assignments" / "01_mini", folder)
    for name in ("01_mini.ipynb", GIVEN_FILE):
        rewritten(folder / name, "A small assignment", "A short assignment")
        rewritten(folder / name, '"version": 1', '"version": 2')
    rewritten(folder / "assignment.toml", "version = 1", "version = 2")
    rewritten(folder / "checks.py", "Doubling 3 gives 6", "Twice 3 is 6")
    (folder / "data" / "numbers.npy").write_bytes(b"new data")
    return folder.parent


def zipped(folder: Path) -> Path:
    target = folder.with_suffix(".zip")
    with zipfile.ZipFile(target, "w") as archive:
        for file in folder.rglob("*"):
            archive.write(file, file.relative_to(folder.parent))
    return target


@pytest.mark.parametrize("form", [lambda folder: folder, zipped, lambda f: f / "01_mini"])
def test_the_folder_becomes_the_release_and_work_stays(
    begun: Path, release: Path, form: Callable[[Path], Path]
) -> None:
    before = begun.read_bytes()
    done = grader("update", begun, "--release", form(release))
    assert done.returncode == 0, done.stderr
    assert "01_mini.ipynb: version 1 → 2. Your work is in its place." in done.stdout
    assert "Renewed beside it: assignment.toml, checks.py, data/numbers.npy" in done.stdout
    book = document(begun)
    texts = [text_of(cell) for cell in book["cells"]]
    assert WRITTEN in texts
    assert ANSWER in texts
    assert "*Your answer here.*" not in texts
    assert any("A short assignment" in text for text in texts)
    assert book["metadata"]["course"]["version"] == 2
    nbformat.validate(book)
    assert (begun.parent / "data" / "numbers.npy").read_bytes() == b"new data"
    assert (begun.parent / GIVEN_FILE).read_bytes() == (
        release / "01_mini" / GIVEN_FILE
    ).read_bytes()
    backup = begun.parent / "before-update-1"
    assert (backup / "01_mini.ipynb").read_bytes() == before
    assert "Doubling 3 gives 6" in (backup / "checks.py").read_text()


def test_twice_is_as_once_and_makes_a_backup_of_its_own(begun: Path, release: Path) -> None:
    grader("update", begun, "--release", release)
    once = begun.read_bytes()
    done = grader("update", begun, "--release", release)
    assert "version 2 → 2" in done.stdout
    assert "Renewed" not in done.stdout
    assert begun.read_bytes() == once
    assert (begun.parent / "before-update-2" / "01_mini.ipynb").read_bytes() == once


def test_exercises_that_come_and_go_are_told(begun: Path, release: Path) -> None:
    table = release / "01_mini" / "assignment.toml"
    rewritten(table, 'name = "double"\npoints = 1.0', 'name = "double"\npoints = 1.5')
    rewritten(table, 'name = "Scale"', 'name = "Shift"')
    said = grader("update", begun, "--release", release).stdout
    for sentence in (
        "`double` is worth 1.5 now.",
        "New: `Shift`.",
        "No longer asked for: `Scale`.",
    ):
        assert f"! {sentence}" in said


@pytest.mark.parametrize("kind", ["other", "text", "own"])
def test_a_release_that_is_none(begun: Path, release: Path, tmp_path: Path, kind: str) -> None:
    before = begun.read_bytes()
    place = {"other": tmp_path / "empty", "text": tmp_path / "a.txt", "own": begun.parent}[kind]
    if kind == "other":
        place.mkdir()
    elif kind == "text":
        place.write_text("no zip")
    done = grader("update", begun, "--release", place)
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("error: ")
    assert begun.read_bytes() == before
    assert not (begun.parent / "before-update-1").exists()


def test_a_torn_notebook_is_left_alone(begun: Path, release: Path) -> None:
    begun.write_bytes(begun.read_bytes()[:500])
    done = grader("update", begun, "--release", release)
    assert done.returncode == 1
    assert done.stderr.startswith("error: 01_mini.ipynb: ")
    assert "ends in the middle" in done.stderr
    assert not (begun.parent / "before-update-1").exists()


def test_a_notebook_of_another_assignment_is_left_alone(begun: Path, release: Path) -> None:
    rewritten(begun, '"assignment": "01_mini"', '"assignment": "02_other"')
    done = grader("update", begun, "--release", release)
    assert done.returncode == 1
    assert "says that it is 02_other, but it lies in the folder of 01_mini" in done.stderr
    assert not (begun.parent / "before-update-1").exists()


def test_a_zip_that_is_damaged_is_named(begun: Path, release: Path, tmp_path: Path) -> None:
    whole = Path(shutil.make_archive(str(tmp_path / "release"), "zip", release)).read_bytes()
    spoiled = tmp_path / "spoiled.zip"
    spoiled.write_bytes(whole[:300] + bytes(200) + whole[500:])
    done = grader("update", begun, "--release", spoiled)
    assert done.returncode == 2
    assert "spoiled.zip cannot be unpacked" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (begun.parent / "before-update-1").exists()
