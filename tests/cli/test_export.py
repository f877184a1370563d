"""`grader export` as a shell runs it: what it writes, what it lists, and its exit codes."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from grader.model import Course
from grader.notebook.bundle import take_in
from grader.pipeline import Run, grade_one
from grader.processes.launch import Processes
from grader.results import Results
from grader.store.gradebook import Gradebook
from tests.cli.test_commands import grader
from tests.exports.class_of import REFUSED, graded, person, the_class
from tests.exports.test_canvas import gradebook
from tests.exports.test_moodle import imported, worksheet
from tests.notebook.test_sites import write_zip

Make = Callable[..., bytes]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "graded"
    folder.mkdir()
    with Gradebook(folder / "gradebook.sqlite") as book:
        for grade in the_class():
            # What was refused could not be recognised either.
            book.record(replace(grade, assignment="") if grade.refused else grade)
    return folder


def test_from_the_zip_of_moodle_to_its_worksheet(
    course: Course, processes: Processes, tmp_path: Path, make_notebook: Make
) -> None:
    """All the way: download, grade, export, and what Moodle reads."""
    tree = {
        "Ada Lovelace_101_assignsubmission_file_/01_mini.ipynb": make_notebook(),
        "Someone_102_assignsubmission_file_/work.ipynb": make_notebook(
            {"double": "def double(x): return x"}
        ),
    }
    out = tmp_path / "out"
    hand_ins = write_zip(tmp_path / "hand-ins.zip", tree)
    run = Run(course, processes, "a secret of the tests")
    with Results(course, out) as results:
        for submission in take_in([hand_ins]):
            results.add(grade_one(run, submission))
    assert (out / "feedback" / "01_mini" / "Ada Lovelace_101.html").exists()
    (tmp_path / "template.csv").write_bytes(worksheet(maximum="5.50"))
    done = grader("export", "moodle", out, "--template", tmp_path / "template.csv")
    assert done.returncode == 1
    taken = imported((out / "moodle.csv").read_bytes())
    assert {number: grade for number, (grade, _) in taken.items()} == {"101": "5.5", "102": "4.5"}
    assert "! Nobody Handed In has no hand-in: left as it is." in done.stderr


def test_what_could_not_be_recognised_is_still_told(results: Path, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(worksheet())
    words = ("export", "moodle", results, "--template", tmp_path / "t.csv")
    done = grader(*words, "--assignment", "05_flow")
    assert "Refused Rita (Refused Rita_106) could not be graded" in done.stderr
    with Gradebook(results / "gradebook.sqlite") as book:
        book.record(replace(REFUSED, refused="", exercises=graded("x", 3).exercises))
    done = grader(*words, "--assignment", "05_flow")
    assert "Rita" not in done.stderr
    assert imported((results / "moodle.csv").read_bytes())["106"][0] == "3"


def test_all_matched_is_exit_code_0(tmp_path: Path) -> None:
    folder = tmp_path / "graded"
    folder.mkdir()
    with Gradebook(folder / "gradebook.sqlite") as book:
        book.record(graded("ada", 16, person(101)))
    lines = worksheet().splitlines(keepends=True)[:2]
    (tmp_path / "t.csv").write_bytes(b"".join(lines))
    done = grader("export", "moodle", folder, "--template", tmp_path / "t.csv")
    assert (done.returncode, done.stderr) == (0, "")


def test_canvas_by_title_and_by_number(results: Path, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(gradebook())
    words = ("export", "canvas", results, "--template", tmp_path / "t.csv")
    # In the course of this repository the assignment has the title that Canvas shows.
    assert grader(*words, "--assignment", "05_flow").returncode == 1
    by_title = (results / "canvas.csv").read_bytes()
    assert grader(*words, "--column", "4711", "--out", tmp_path / "o.csv").returncode == 1
    assert (tmp_path / "o.csv").read_bytes() == by_title
    # Names of another site's numbers are not looked up; the names themselves are.
    assert by_title.count(b",9.50,16,") == 1
    outside = grader(*words, "--assignment", "05_flow", cwd=tmp_path)
    assert outside.returncode == 2
    assert "called “05_flow”. Name one with --column" in outside.stderr


def test_formats_without_a_template(results: Path, tmp_path: Path) -> None:
    for kind in ("csv", "junit", "nbgrader", "gradescope"):
        done = grader("export", kind, results)
        assert done.returncode == 0, done.stderr
    assert (results / "grades.csv").read_text().startswith("submission,assignment,")
    assert len(ET.parse(results / "junit.xml").getroot()) == 5
    assert (results / "nbgrader.csv").read_text().startswith("assignment,duedate,")
    written = sorted(file.stem for file in (results / "gradescope").iterdir())
    assert len(written) == 5
    one = json.loads((results / "gradescope" / "Ada Lovelace_101.json").read_text())
    assert one["score"] == 16


def test_lti(results: Path, tmp_path: Path) -> None:
    members = {"members": [{"user_id": "u-1", "name": "Ada Lovelace"}]}
    (tmp_path / "m.json").write_text(json.dumps(members))
    words = ("export", "lti", results, "--template", tmp_path / "m.json")
    assert grader(*words, "--assignment", "05_flow").returncode == 1
    [score] = json.loads((results / "scores.json").read_text())
    assert (score["userId"], score["scoreGiven"]) == ("u-1", 16)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["moodle", "{graded}"], "moodle needs --template FILE: the grading worksheet"),
        (["csv", "nowhere"], "There is no gradebook nowhere"),
        (["csv", "{graded}", "--out", "/proc/x/y"], "cannot be written to"),
        (["moodle", "{graded}", "--template", "{t}", "--out", "{t}"], "is the template itself"),
        (["moodle", "{graded}", "--template", "{latin}"], "is not UTF-8"),
        (["moodle", "{two}", "--template", "{t}"], "Name one of 05_flow, 06 with --assignment"),
        (["csv", "{graded}", "--assignment", "99_x"], ""),
        (["blackboard", "{graded}"], "Invalid value for 'FORMAT'"),
    ],
)
def test_wrong_usage_is_a_sentence(
    results: Path, tmp_path: Path, words: list[str], says: str
) -> None:
    (tmp_path / "t.csv").write_bytes(worksheet())
    (tmp_path / "latin.csv").write_bytes(b"Identifier,Grade\nM\xfcller,\n")
    (tmp_path / "two").mkdir()
    with Gradebook(tmp_path / "two" / "gradebook.sqlite") as book:
        book.record(graded("a", 1))
        book.record(graded("b", 1, assignment="06"))
    places = {"graded": results, "t": tmp_path / "t.csv", "latin": tmp_path / "latin.csv",
              "two": tmp_path / "two"}  # fmt: skip
    done = grader("export", *(word.format(**places) for word in words))
    assert done.returncode == (2 if says else 0)
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "t.csv").read_bytes() == worksheet()
