"""`grader regrade` as a shell runs it: the table, the reason, the log, and back again."""

import shutil
import sqlite3
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from grader.cli.moves import print_changes, summary
from grader.model import Course, Grade
from grader.regrade import Change
from tests.cli.test_commands import grader

Make = Callable[..., bytes]


def test_from_a_strict_check_to_a_mended_one_and_back(
    course: Course, tmp_path: Path, make_notebook: Make
) -> None:
    own, out = tmp_path / "course", tmp_path / "graded"
    ignored = shutil.ignore_patterns("__pycache__", ".grader")
    shutil.copytree(course.root, own, ignore=ignored)
    for name, wrote in {"ada": {}, "bob": {"double": "def double(x): return 2 * float(x)"}}.items():
        (tmp_path / "hand-ins" / name).mkdir(parents=True)
        (tmp_path / "hand-ins" / name / "01_mini.ipynb").write_bytes(make_notebook(wrote))
    words = ("--course", own, "--jobs", "1")
    assert grader("grade", tmp_path / "hand-ins", "--out", out, *words).returncode == 0
    before = (
        (out / "grades.csv").read_text(),
        (out / "feedback" / "01_mini" / "bob.html").read_bytes(),
    )
    # From here on the folder is all there is.
    shutil.rmtree(tmp_path / "hand-ins")
    checks = own / "solutions" / "01_mini" / "checks.py"
    text = checks.read_text()
    checks.write_text(text.replace("close(submission.double(x), 2 * x, at=x)", "pass"))

    dry = grader("regrade", out, "--dry-run", *words)
    assert dry.returncode == 0, dry.stderr
    [row] = [line.split() for line in dry.stdout.splitlines() if "arrays" in line]
    assert row == ["bob", "double", "arrays", "failed", "→", "passed", "+0.25"]
    assert "1 of 2 moves up (+0.25), 0 move down (+0)." in dry.stdout
    assert "No grade was changed." in dry.stdout
    assert ((out / "grades.csv").read_text()) == before[0]

    done = grader("regrade", out, "--reason", " arrays are\nnot asked for ", *words)
    assert done.returncode == 0, done.stderr
    assert "Applied, and noted in" in done.stdout
    # What the dry run has found out is not run again.
    assert "[1/2]" not in done.stderr
    assert ",5.5,5.5,graded,0" in (out / "grades.csv").read_text().splitlines()[2]
    log = (out / "regrades.txt").read_text()
    assert "arrays are not asked for" in log
    assert "bob: 5.25 → 5.5" in log

    undone = grader("regrade", out, "--undo", *words)
    assert undone.returncode == 0, undone.stderr
    assert "Undone: the regrade of 2" in undone.stdout
    assert (
        (out / "grades.csv").read_text(),
        (out / "feedback" / "01_mini" / "bob.html").read_bytes(),
    ) == before
    nothing_left = grader("regrade", out, "--undo", *words)
    assert nothing_left.returncode == 2
    assert "There is no regrade in" in nothing_left.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "Say one of three"),
        (["--reason", "  "], "Say one of three"),
        (["--dry-run", "--undo"], "Say one of three"),
        (["--dry-run"], "holds no gradebook"),
        (["--dry-run", "--device", "tpu"], "Invalid value"),
    ],
)
def test_wrong_usage_is_a_sentence_and_writes_nothing(
    words: list[str], says: str, tmp_path: Path, course: Course
) -> None:
    done = grader("regrade", tmp_path, *words, "--course", course.root)
    assert done.returncode == 2
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_gradebook_of_an_older_version_is_told(course: Course, tmp_path: Path) -> None:
    hand_ins = tmp_path / "hand-ins"
    shutil.copytree(course.root / "assignments" / "01_mini", hand_ins / "ada")
    words = ("--course", course.root, "--jobs", "1")
    grader("grade", hand_ins, "--out", tmp_path / "out", *words)
    with sqlite3.connect(tmp_path / "out" / "gradebook.sqlite") as db:
        db.execute("DELETE FROM hand_ins")
    db.close()
    done = grader("regrade", tmp_path / "out", "--dry-run", *words)
    assert done.returncode == 1
    assert "ada keeps its grade: an older version graded it" in done.stderr


def test_nothing_in_the_table_acts_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    name = "[red]eve\x1b[2J\nadmin"
    before = Grade(name, "01_mini", members=("[link=x]y[/link]",))
    after = Grade(name, "01_mini", members=before.members, refused="\x1b[31m no")
    print_changes([Change(before, after)], 1)
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "[red]eve" in said
    assert len(said.splitlines()) == 3


def test_up_and_down_are_counted_apart() -> None:
    points = [Fraction(1), Fraction(1, 3), Fraction(-2), Fraction(0)]
    assert summary(points, 9) == (
        "2 of 9 move up (+1.33), 1 moves down (−2), 1 keeps the points, with other results."
    )
