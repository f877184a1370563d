"""A class that is stopped by a person or killed at any moment, and the same command again."""

import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.model import Course
from tests.cli.test_killed import ROOT, command, family, graded, survivors

Make = Callable[..., bytes]
# Everything a person may ask a gradebook for, but times.
QUERIES = (
    """SELECT assignment, submission, members, device, isolation, refused, digest, remarks, basis,
    run FROM grades ORDER BY 1, 2""",
    "SELECT * FROM exercises ORDER BY assignment, submission, position",
    """SELECT assignment, submission, position, exercise, name, public, core, outcome, statement,
    weight, message, detail, hint, mistake, points, max_points FROM checks ORDER BY 1, 2, 3""",
    "SELECT * FROM questions ORDER BY assignment, submission, position",
    "SELECT * FROM incidents ORDER BY assignment, submission, position",
    "SELECT digest FROM hand_ins ORDER BY 1",
    "SELECT assignment, submission, content, key FROM runs ORDER BY 1, 2",
    "SELECT assignment, submission, content, exercise, key FROM results ORDER BY 1, 2, 4",
)


def a_class(folder: Path, make_notebook: Make, count: int) -> Path:
    """Write hand-ins that are right, wrong, crashing and torn, in turn."""
    wrote: list[dict[str, str]] = [
        {},
        {"double": "def double(x): return x"},
        {"integrate": "def integrate(pdf, lo, hi):\n    import os\n    os._exit(3)"},
        {"Scale": "class Scale:\n    def __init__(self, factor): raise ValueError('no')"},
    ]
    for number in range(count):
        place = folder / f"group_{number:03d}"
        place.mkdir(parents=True)
        book = make_notebook(wrote[number % 4]) if number % 5 != 4 else b"{"
        (place / "01_mini.ipynb").write_bytes(book)
    return folder


def run(words: list[str]) -> int:
    """Run a command to its end and return its exit code."""
    return subprocess.run(words, cwd=ROOT, capture_output=True, check=False).returncode


def stored(out: Path) -> list[list[tuple[object, ...]]]:
    """Return what a gradebook says; it must be sound."""
    graded(out)
    with sqlite3.connect(out / "gradebook.sqlite") as book:
        return [book.execute(query).fetchall() for query in QUERIES]


def killed_and_continued(
    folder: Path, course: Course, make_notebook: Make, count: int, kills: int
) -> None:
    hand_ins = a_class(folder / "hand-ins", make_notebook, count)
    undisturbed, out = folder / "undisturbed", folder / "out"
    run(command(hand_ins, course, undisturbed))
    # Not reproducible, and meant to be: every run of the tests tries other moments.
    chance = random.Random()
    alive_at_the_kill = 0
    for kill in range(kills):
        words = command(hand_ins, course, out)
        with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(chance.randint(0, 2 * count // kills)):
                process.stdout.readline()
            time.sleep(chance.random() / 2)
            everyone = {pid for generation in family(process.pid) for pid in generation}
            alive_at_the_kill += process.poll() is None
            process.kill()
            process.stdout.read()
        assert not survivors(everyone), kill
        if (out / "gradebook.sqlite").exists():
            graded(out)
    assert alive_at_the_kill >= kills // 2
    assert run(command(hand_ins, course, out)) == 1, "some are torn"
    assert stored(out) == stored(undisturbed)
    for kind in ("feedback", "notebooks"):
        names = [{f.name for f in (o / kind).rglob("*")} for o in (out, undisturbed)]
        assert {name for name in names[0] if not name.startswith(".")} == names[1]
    assert (out / "grades.csv").read_text() == (undisturbed / "grades.csv").read_text()


def test_three_kills(course: Course, tmp_path: Path, make_notebook: Make) -> None:
    killed_and_continued(tmp_path, course, make_notebook, 6, 3)


@pytest.mark.long
def test_twenty_kills(course: Course, tmp_path: Path, make_notebook: Make) -> None:
    killed_and_continued(tmp_path, course, make_notebook, 200, 20)


@pytest.mark.parametrize("lines", [0, 2])
def test_a_person_stops_it(course: Course, tmp_path: Path, make_notebook: Make, lines: int) -> None:
    """Also while processes are still starting; nothing is left of it long before a cell ends."""
    hand_ins, out = tmp_path / "hand-ins", tmp_path / "out"
    for number in range(6):
        (hand_ins / f"group_{number}").mkdir(parents=True)
        # The later ones are under way for as long as a cell may be.
        adds = ("import time\ntime.sleep(60)",) if number > 1 else ()
        (hand_ins / f"group_{number}" / "01_mini.ipynb").write_bytes(make_notebook(adds=adds))
    with subprocess.Popen(
        command(hand_ins, course, out), cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        for _ in range(lines):
            process.stdout.readline()
        while len(family(process.pid)) < 2:
            time.sleep(0.05)
        time.sleep(1.0)
        everyone = {pid for generation in family(process.pid) for pid in generation}
        assert len(everyone) > 1
        os.kill(process.pid, signal.SIGINT)
        start = time.monotonic()
        said = process.stderr.read()
        code = process.wait(30)
        took = time.monotonic() - start
    print(f"stopped in {took:.2f} s")
    assert (code, took < 20) == (130, True)
    assert said == (
        f"Stopped. {lines} of 6 are graded and kept in {out}; the same command goes on from there."
        "\n"
    )
    assert not survivors(everyone)
    assert len(graded(out)) == lines
    assert not [f for f in (out / "feedback").rglob("*") if f.suffix == ".part"]
