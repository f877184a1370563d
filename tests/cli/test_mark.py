"""`grader mark` as a shell runs it: usage, status, and files of markers taken in."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import cli
from grader.errors import UsageError
from grader.marking.events import Event, Given, to_line
from grader.marking.given import digest_of, part_of_question
from grader.store.gradebook import Gradebook
from tests.web.graded import ROOT, make_class

PART = part_of_question("05_flow", "a")


def mark(*words: object) -> Result:
    line = ["mark", *map(str, words), "--course", str(ROOT)]
    result = CliRunner().invoke(cli, line)
    if isinstance(result.exception, UsageError):
        return result
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    make_class(tmp_path / "graded", 3)
    return tmp_path / "graded"


def journal(graded: Path, marker: str, points: str) -> Path:
    """Write the file of somebody who has marked the first answer elsewhere."""
    with Gradebook(graded / "gradebook.sqlite") as book:
        text = book.grades()[0].questions[0].text
    given = Given((), points, done=True, answer=digest_of(text))
    event = Event(1, "2026-03-01T12:00:00", marker, PART.of("student_000"), given)
    file = graded.parent / f"{marker}.jsonl"
    file.write_text(to_line(event), encoding="utf-8")
    return file


def test_the_status_tells_what_is_left(graded: Path) -> None:
    said = mark(graded, "--status").output
    assert "05_flow Question a: Why the inverse CDF works: 0 of 3 done" in said


def test_files_are_taken_in_once_and_conflicts_named(graded: Path) -> None:
    vera, tom = journal(graded, "vera", "1"), journal(graded, "tom", "2")
    first = mark(graded, "--merge", vera)
    assert "1 new change, 0 known" in first.output
    assert "1 of 3 done" in first.output
    assert first.exit_code == 0
    table = (graded / "grades.csv").read_text("utf-8").splitlines()
    assert "question a" in table[0]
    both = mark(graded, "--merge", tom, vera)
    assert "1 new change, 1 known" in both.output
    assert "marked differently: tom 2, vera 1\n" in both.output
    assert both.exit_code == 1
    assert "1 answer marked twice" in both.output
    waits = (graded / "feedback" / "05_flow" / "student_000.html").read_text("utf-8")
    assert "Two people have marked it differently." in waits


def test_a_file_that_is_broken_changes_nothing(graded: Path, tmp_path: Path) -> None:
    vera = journal(graded, "vera", "1")
    broken = tmp_path / "broken.jsonl"
    broken.write_text(json.dumps({"tick": 1}) + "\n")
    result = mark(graded, "--merge", vera, broken)
    assert isinstance(result.exception, UsageError)
    assert "line 1 cannot be read" in str(result.exception)
    with Gradebook(graded / "gradebook.sqlite") as book:
        assert "vera" not in {event.marker for event in book.ledger().events.values()}


def test_a_file_that_breaks_off_is_named(graded: Path) -> None:
    vera = journal(graded, "vera", "1")
    torn = graded.parent / "torn.jsonl"
    torn.write_text(vera.read_text() + '{"tick": 2')
    assert "breaks off" not in mark(graded, "--merge", vera).output
    assert f"! {torn} breaks off in its last line" in mark(graded, "--merge", torn).output


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--merge"], "Name files and --merge together"),
        (["--marker", "../../etc/x"], "cannot be the name of a marker"),
        (["--marker", ""], "cannot be the name of a marker"),
    ],
)
def test_wrong_usage_is_explained(graded: Path, words: list[str], why: str) -> None:
    result = mark(graded, *words)
    assert isinstance(result.exception, UsageError)
    assert why in str(result.exception)


@pytest.mark.parametrize("share", ["101%", "x", "-1%", "1e9"])
def test_a_share_is_a_share(graded: Path, share: str) -> None:
    result = mark(graded, "--double", share)
    assert result.exit_code != 0
    assert "10%" in result.output


def test_a_folder_without_a_gradebook(tmp_path: Path) -> None:
    assert "holds no gradebook" in str(mark(tmp_path).exception)
