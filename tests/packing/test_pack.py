"""From a notebook to a zip that intake takes, with a receipt that fits."""

import io
import json
import shutil
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from grader import check
from grader.cli import pack as cli_pack
from grader.errors import Refused, UsageError
from grader.model import Action, Assignment, Course, HandIn, HandInRules
from grader.notebook.bundle import take_in
from grader.notebook.names import members
from grader.notebook.read import read_notebook
from grader.notebook.receipt import RECEIPT, is_there, misfits
from grader.packing import paper
from grader.packing.archive import family, hand_in_name
from grader.packing.pack import Wish, clean_names, named, pack
from grader.packing.paper import Paper
from grader.pipeline import Run, grade_one
from grader.processes.launch import Processes
from grader.settings import load_assignment
from tests.cli.test_commands import grader

Make = Callable[..., bytes]
NAMES = ("Ada Alder", "Jiří Dvořák")
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture(autouse=True)
def quick_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing is tried in a test of its own."""
    monkeypatch.setattr("grader.packing.pack.make_pdf", lambda *_: Paper(PDF, "a test"))


@pytest.fixture
def folder(course: Course, tmp_path: Path) -> Path:
    target = tmp_path / "with space ü" / "01_mini"
    shutil.copytree(course.root / "assignments" / "01_mini", target)
    return target


@pytest.fixture
def mini(folder: Path) -> Assignment:
    return load_assignment(folder)


@pytest.fixture
def right(folder: Path, make_notebook: Make) -> Path:
    """A finished notebook, in its folder, with names."""
    file = folder / "01_mini.ipynb"
    file.write_bytes(named(make_notebook(), NAMES))
    return file


def packed(assignment: Assignment, notebook: Path) -> Path:
    return pack(assignment, notebook, notebook.read_bytes(), Wish(NAMES, notebook.parent)).zip


def test_what_is_packed_can_be_graded(
    mini: Assignment, right: Path, course: Course, processes: Processes
) -> None:
    found = packed(mini, right)
    assert found.name == "01_mini_Alder_Dvořák.zip"
    [submission] = take_in([found])
    grade = grade_one(Run(course, processes, "secret"), submission).grade
    assert (grade.members, grade.points, grade.refused) == (NAMES, grade.max_points, "")
    assert grade.incidents == ()
    names = [name for name, _ in submission.load().files]
    assert sorted(names) == ["01_mini_Alder_Dvořák.pdf", RECEIPT]


def changed(zip_file: Path, name: str, data: bytes | None, *, adds: bool = False) -> HandIn:
    """Return a hand-in in which a file is another, or gone, or new."""
    with zipfile.ZipFile(zip_file) as archive:
        files = {Path(n).name: archive.read(n) for n in archive.namelist()}
    [end] = [n for n in files if n.endswith(name)] if not adds else [name]
    if data is None:
        del files[end]
    else:
        files[end] = data
    books = {n for n in files if n.endswith(".ipynb")}
    return HandIn(files[books.pop()], tuple((n, d) for n, d in files.items() if n[-5:] != "ipynb"))


@pytest.mark.parametrize(
    ("name", "data", "adds", "says"),
    [
        (".ipynb", b"{}", False, "The notebook is not the one"),
        (".pdf", b"%PDF-other", False, ".pdf is not the file"),
        (".pdf", None, False, ".pdf, which is not there"),
        ("more.txt", b"x", True, "more.txt is not on the receipt"),
    ],
)
def test_a_receipt_that_does_not_fit_is_told(
    mini: Assignment, right: Path, name: str, data: bytes | None, adds: bool, says: str
) -> None:
    [found] = misfits(changed(packed(mini, right), name, data, adds=adds))
    assert says in found


def test_the_grader_tells_staff_of_a_receipt_that_does_not_fit(
    mini: Assignment, right: Path, course: Course, processes: Processes
) -> None:
    hand_in = changed(packed(mini, right), ".pdf", b"%PDF-other")
    submission = replace(take_in([right])[0], load=lambda: hand_in)
    grade = grade_one(Run(course, processes, "secret"), submission).grade
    assert [i.where for i in grade.incidents] == ["receipt"]
    assert grade.points == grade.max_points


def test_a_receipt_of_somebody_elses_making_says_nothing() -> None:
    for text in (b"", b"Bread 2.40\n", b"\xff\xfe", b"x" * 200_000):
        hand_in = HandIn(b"{}", ((RECEIPT, text),))
        assert misfits(hand_in) == []
        assert not is_there(hand_in)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Alder", "Alder"), ("Alder, Ada", "Alder"), ("Anna-Maria von der O'Hara", "OHara"),
        ("J. Müller-Lüdenscheidt", "Müller-Lüdenscheidt"), ("Jiří Dvora\u0301k", "Dvorák"),
        ("李 小龙", "小龙"), ('Bobby <Tables>/..\\:*?"|', "Tables"), ("x" * 300, "x" * 40),
        ("a_b", "ab"), ("😀", "unnamed"),
    ],
)  # fmt: skip
def test_family_names_become_parts_of_file_names(name: str, expected: str) -> None:
    assert family(name) == expected


def test_the_name_of_a_hand_in() -> None:
    assert hand_in_name("05_flow", ("Ada Alder", "Bo Birch")) == "05_flow_Alder_Birch"


def test_names_are_written_into_the_cell_of_the_names(make_notebook: Make) -> None:
    once = named(make_notebook(), NAMES)
    assert members(read_notebook(once)) == NAMES
    assert len(read_notebook(once).cells) == len(read_notebook(make_notebook()).cells)
    bare = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    assert members(read_notebook(named(bare, NAMES))) == NAMES


@pytest.mark.parametrize("names", [("Ada", " "), ("Ada", "ada"), ("\x00",)])
def test_names_that_are_none(names: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        clean_names(names)


def test_a_blank_notebook_is_not_packed(mini: Assignment, folder: Path) -> None:
    with pytest.raises(Refused, match="Every exercise is still blank"):
        packed(mini, folder / "01_mini.ipynb")
    assert not list(folder.glob("*.zip"))


def test_a_notebook_of_another_assignment_is_not_packed(mini: Assignment, right: Path) -> None:
    document = json.loads(right.read_bytes())
    document["metadata"]["course"] = {"assignment": "02_other", "version": 1}
    right.write_text(json.dumps(document))
    with pytest.raises(Refused, match="says that it is 02_other, but it lies in the folder of"):
        packed(mini, right)


def test_what_the_policy_refuses_is_not_packed(mini: Assignment, right: Path) -> None:
    strict = replace(mini, rules=HandInRules(group_size=2, executed=Action.refuse))
    with pytest.raises(Refused, match="The notebook was never run"):
        packed(strict, right)
    mild = replace(mini, rules=HandInRules(executed=Action.warn))
    parcel = pack(mild, right, right.read_bytes(), Wish(NAMES, right.parent))
    assert "The notebook was never run" in " ".join(parcel.remarks)
    [submission] = take_in([parcel.zip])
    assert "preflight: 2 remarks" in dict(submission.load().files)[RECEIPT].decode()


def test_another_version_and_blanks_are_told(
    mini: Assignment, folder: Path, make_notebook: Make
) -> None:
    blank = "def double(x):\n    raise NotImplementedError"
    document = json.loads(named(make_notebook({"double": blank}), NAMES))
    document["metadata"]["course"] = {"assignment": "01_mini", "version": 7}
    file = folder / "01_mini.ipynb"
    file.write_text(json.dumps(document))
    said = " ".join(pack(mini, file, file.read_bytes(), Wish(NAMES, folder)).remarks)
    assert "of version 7, the files beside it are of version 1" in said
    assert "Still blank: double." in said


def test_weights_go_along_where_they_are_asked_for(mini: Assignment, right: Path) -> None:
    ranked = replace(mini, leaderboard="board")
    remarks = pack(ranked, right, right.read_bytes(), Wish(NAMES, right.parent)).remarks
    assert "No weights (.safetensors) lie beside the notebook." in remarks
    (right.parent / "weights.safetensors").write_bytes(b"w" * 10)
    parcel = pack(ranked, right, right.read_bytes(), Wish(NAMES, right.parent))
    assert "weights.safetensors" in parcel.files
    assert misfits(take_in([parcel.zip])[0].load()) == []


def test_without_any_way_to_a_pdf_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, right: Path
) -> None:
    monkeypatch.setattr("grader.reports.printing.find_browser", lambda: None)
    monkeypatch.setitem(sys.modules, "grader.reports.plain", None)
    made = paper.make_pdf(right.read_bytes(), "Mini", NAMES, right.parent)
    assert not made.data
    assert "name the file with --pdf FILE" in made.problem


def test_a_folder_that_cannot_be_written_to(mini: Assignment, right: Path, tmp_path: Path) -> None:
    # A file in the place of a folder: root may write into read-only ones.
    place = tmp_path / "file"
    place.write_text("")
    with pytest.raises(UsageError, match=r"cannot be written .* Name another folder with --out"):
        pack(mini, right, right.read_bytes(), Wish(NAMES, place))


def test_the_command_asks_nobody_where_nobody_can_answer(folder: Path, make_notebook: Make) -> None:
    file = folder / "01_mini.ipynb"
    file.write_bytes(make_notebook())
    before = file.read_bytes()
    pdf = folder / "own.pdf"
    pdf.write_bytes(PDF)
    done = grader("pack", file)
    assert (done.returncode, "MEMBERS in the notebook is blank" in done.stderr) == (2, True)
    done = grader("pack", file, "--pdf", pdf, "--name", "Ada Alder", "--name", "Bo Birch")
    assert done.returncode == 0, done.stderr
    assert "01_mini_Alder_Birch.pdf, made by own.pdf" in done.stdout
    assert "The names stand in the packed copy; 01_mini.ipynb itself is as it was." in done.stdout
    assert file.read_bytes() == before
    assert "Say" not in done.stderr
    zip_file = folder / "01_mini_Alder_Birch.zip"
    assert "The receipt fits every file." in grader("pack", "--verify", zip_file).stdout
    with zipfile.ZipFile(io.BytesIO(zip_file.read_bytes())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(zip_file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data + b" " if name.endswith(".ipynb") else data)
    done = grader("pack", "--verify", zip_file)
    assert done.returncode == 1
    assert "The notebook is not the one that the receipt was written for." in done.stdout
    zip_file.write_bytes(zip_file.read_bytes()[:-100])
    done = grader("pack", "--verify", zip_file)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is no zip, or only a part of one" in done.stderr


def test_names_that_contradict_each_other(right: Path) -> None:
    done = grader("pack", right, "--name", "Eve Elm")
    assert done.returncode == 2
    assert "The notebook says Ada Alder and Jiří Dvořák, and --name Eve Elm." in done.stderr


def test_names_are_asked_for_at_a_terminal(
    folder: Path, make_notebook: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "01_mini.ipynb"
    file.write_bytes(make_notebook())
    terminal = SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("grader.cli.pack.sys", terminal)
    done = CliRunner().invoke(cli_pack.command, [str(file)], input="2\nAda Alder\nBo Birch\n")
    assert done.exit_code == 0, done.output
    assert "handed in by Ada Alder and Bo Birch" in done.output
    [submission] = take_in([folder / "01_mini_Alder_Birch.zip"])
    assert members(read_notebook(submission.load().notebook)) == ("Ada Alder", "Bo Birch")


def test_a_card_of_check_is_text_on_paper(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    card = eval("check('double')", {"check": check, "double": abs})
    data = {"text/html": card._repr_html_(), "text/plain": repr(card)}
    shown = paper.narrow({"output_type": "execute_result", "data": data})
    assert shown["data"] == {"text/plain": repr(card)}
    other = {"output_type": "execute_result", "data": {**data, "text/html": "<table><tr><td>1"}}
    assert paper.narrow(other) == other
