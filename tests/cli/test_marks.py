"""Marks, explanations, rosters and pages for students as a shell asks for them."""

import csv
import io
import json
import shutil
import stat
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from grader.cli.feedback import label
from grader.feedback import Page
from grader.model import (
    CheckResult,
    Course,
    ExerciseGrade,
    Grade,
    HandIn,
    Origin,
    Outcome,
    Person,
)
from grader.roster import Student
from grader.store.gradebook import Gradebook
from tests.cli.test_commands import grader
from tests.conftest import notebook_of

POLICY = """title = "Mini"
[marks]
zone = "Europe/Berlin"
never_lower = true
[late]
bank = 1
penalty = { take = 0.1 }
[assignments.01_mini]
due = 2024-11-10T12:00:00
[feedback]
now = "property"
later = "everything"
"""
ROSTER = "Name,Account,Email,Team\nAda Lovelace,aa,ada@x.org,red\nBob,bb,,\n=cmd|'x'!A1,cc,,\n"
HIDDEN = CheckResult(
    "h", "double", False, True, Outcome.failed, "It is right.", message="stored",
    detail="Wrong.\nwith: f(heron7319)\ngot: 1\nexpected: stork4242",
)  # fmt: skip


def graded(name: str, account: str, at: str, points: int) -> tuple[Grade, HandIn]:
    hand_in = HandIn(notebook_of(f"print({name!r})"))
    exercise = ExerciseGrade("double", "", Fraction(points), Fraction(4), (HIDDEN,))
    people = (Person(name, {"aa": "101"}.get(account, ""), account),)
    origin = Origin("moodle", people, at)
    return Grade(
        f"{name}_1", "01_mini", exercises=(exercise,), origin=origin, digest=hand_in.digest
    ), hand_in


@pytest.fixture
def home(course: Course, tmp_path: Path) -> Path:
    """The test course with a policy, and a folder of results in it."""
    home = tmp_path / "course"
    shutil.copytree(course.root, home)
    (home / "course.toml").write_text(POLICY)
    (home / "roster.csv").write_text(ROSTER)
    (home / "graded").mkdir()
    with Gradebook(home / "graded" / "gradebook.sqlite") as book:
        for parts in (
            ("Ada Lovelace", "aa", "2024-11-10T11:30:00+01:00", 4),
            ("Bob", "bb", "2024-11-12T11:00:00+01:00", 2),
        ):
            grade, hand_in = graded(*parts)
            book.record(grade)
            book.kept.keep_hand_in(hand_in)
    return home


def run(home: Path, *arguments: object):
    return grader(*arguments, "--course", home, cwd=home)


def table(home: Path) -> dict[str, dict[str, str]]:
    text = (home / "graded" / "marks.csv").read_text()
    return {row["name"]: row for row in csv.DictReader(io.StringIO(text))}


def test_roster_missing_marks_and_their_derivation(home: Path) -> None:
    done = run(home, "roster", "roster.csv", "--teams", "Team")
    assert done.returncode == 0, done.stderr
    assert "3 new:\n  Ada Lovelace\n" in done.stdout
    assert "3 people are on the roster." in done.stdout
    assert "Ada Lovelace · aa · ada@x.org · red" in run(home, "roster").stdout
    missing = run(home, "roster", "--missing")
    assert missing.stdout == "01_mini: 1 of 3 without a hand-in\n  =cmd|'x'!A1\n"
    done = run(home, "marks", "graded", "--as-of", "2024-12-01")
    assert (done.returncode, done.stderr) == (0, "")
    rows = table(home)
    assert set(rows) == {"Ada Lovelace", "Bob", "'=cmd|'x'!A1"}
    assert (rows["Bob"]["01_mini"], rows["Bob"]["late_days"]) == ("1.8", "1")
    assert rows["'=cmd|'x'!A1"]["01_mini"] == "0"
    assert stat.S_IMODE((home / "graded" / "marks.csv").stat().st_mode) == 0o600
    told = run(home, "explain", "bb", "--as-of", "2024-12-01").stdout
    assert told.startswith("Bob\n\n01_mini\n  hand-in        Bob_1, 12 Nov 2024 11:00 CET")
    assert "  penalty        1 × 10 % of the points per 1 day begun  → −0.2: 1.8\n" in told
    document = json.loads(run(home, "explain", "Lovelace, Ada", "--json").stdout)
    assert document["assignments"][0]["points"] == 4
    assert document["lines"][-1]["rule"] == "final mark"


def test_what_a_person_must_settle_is_told(home: Path) -> None:
    (home / "roster.csv").write_text("Name,Account\nAda Lovelace,aa\n")
    run(home, "roster", "roster.csv")
    done = run(home, "marks", "graded", "--json", "-")
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "! Bob, who handed in Bob_1, is not on the roster."
    assert [entry["student"] for entry in json.loads(done.stdout)["marks"]] == ["Ada Lovelace"]


def test_what_was_published_is_never_lowered(home: Path) -> None:
    assert run(home, "marks", "graded", "--publish").returncode == 0
    grade, _ = graded("Ada Lovelace", "aa", "2024-11-10T11:30:00+01:00", 1)
    with Gradebook(home / "graded" / "gradebook.sqlite") as book:
        book.record(grade)
    run(home, "marks", "graded")
    assert table(home)["Ada Lovelace"]["01_mini"] == "4"
    told = run(home, "explain", "aa").stdout
    assert "never lower    4 points have been published  → 1 → 4" in told


def test_pages_for_students_open_with_time(home: Path) -> None:
    run(home, "roster", "roster.csv")
    page = home / "graded" / "for-students" / "Bob" / "01_mini.html"
    done = run(home, "feedback", "graded", "--as-of", "2024-11-10 11:00")
    assert (done.returncode, done.stdout) == (0, "2 pages written.\n"), done.stderr
    text = page.read_text()
    assert "It is right." in text
    assert "heron7319" not in text
    assert "stork4242" not in text
    assert "More will be shown here from 11 Nov 2024 12:00 CET" in text
    assert "Your mark" in text
    done = run(home, "feedback", "graded", "--preview", "bb", "--as-of", "2024-11-30")
    assert done.stdout == f"{page.relative_to(home)}\n1 page written.\n"
    text = page.read_text()
    assert "stork4242" in text
    assert "late days" in text
    ada = page.parents[1] / "Ada Lovelace" / "01_mini.html"
    assert "stork4242" not in ada.read_text(), "a preview changes nobody else's page"


def test_a_zip_for_moodle(home: Path) -> None:
    done = run(home, "feedback", "graded", "--zip", "moodle")
    assert done.returncode == 1
    assert "! Bob has no number of Moodle's: not in the zip." in done.stderr
    with zipfile.ZipFile(home / "graded" / "feedback-moodle-01_mini.zip") as archive:
        assert archive.namelist() == ["Ada Lovelace_101_assignsubmission_file_/01_mini.html"]
    refused = run(home, "feedback", "graded", "--zip", "gradescope")
    assert refused.returncode == 2
    assert "Gradescope takes no pages" in refused.stderr


def test_a_zip_for_canvas(home: Path) -> None:
    """Under the numbers of the person and of the file, and one page for a hand-in of several."""
    target = home / "graded" / "feedback-canvas-01_mini.zip"
    assert run(home, "feedback", "graded", "--zip", "canvas").returncode == 1
    assert not target.exists(), "nobody has handed in through Canvas"
    with Gradebook(home / "graded" / "gradebook.sqlite") as book:
        for grade in book.grades():
            (person,) = grade.origin.people
            given = Person(person.name.replace(" ", "").lower(), "7", "")
            of_canvas = Origin("canvas", (given,), grade.origin.handed_in_at, file="501")
            members = ("Ada Lovelace", "Cleo")
            if person.name != "Bob":
                book.record(replace(grade, origin=of_canvas, members=members))
    done = run(home, "feedback", "graded", "--zip", "canvas")
    assert done.returncode == 1
    assert "! Bob handed in nothing under a name that Canvas gave: not in the zip." in done.stderr
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist() == ["adalovelace_7_501_01_mini.html"]
    assert target.stat().st_mode & 0o077 == 0


def test_two_of_one_name_who_cannot_be_packed_are_two() -> None:
    twins = [Page(Student(Person("Twin", n), "moodle"), "x", "", Origin()) for n in ("1", "2")]
    assert [label(page, twins) for page in twins] == ["Twin (moodle 1)", "Twin (moodle 2)"]
    assert label(twins[0], twins[:1]) == "Twin"


def test_a_policy_that_makes_no_sense_stops_everything_with_its_place(home: Path) -> None:
    (home / "course.toml").write_text(POLICY.replace("take = 0.1", "take = 10"))
    for command in (("marks",), ("explain", "aa"), ("feedback",), ("roster", "--missing")):
        done = run(home, *command)
        assert done.returncode != 0
        assert "late.penalty.take = 10.0 is a share" in done.stderr or command[0] == "roster"


def test_without_a_gradebook_or_a_roster(home: Path) -> None:
    assert "holds no gradebook" in run(home, "marks", home).stderr
    assert "Without a roster" in run(home, "roster", "--missing").stderr
    assert "There is no roster yet" in run(home, "roster").stderr


def test_forget_tells_first_and_acts_on_request(home: Path) -> None:
    told = run(home, "forget", "Ada Lovelace", "graded")
    assert "Ada Lovelace_1 (01_mini): removed" in told.stdout
    assert "Nothing was changed." in told.stdout
    with Gradebook(home / "graded" / "gradebook.sqlite") as book:
        assert len(book.grades()) == 2
    done = run(home, "forget", "Ada Lovelace", "graded", "--yes")
    assert done.returncode == 0, done.stderr
    assert "Out of reach of this command" in done.stdout
    with Gradebook(home / "graded" / "gradebook.sqlite") as book:
        assert [grade.submission for grade in book.grades()] == ["Bob_1"]
    everything = b"".join(p.read_bytes() for p in (home / "graded").rglob("*") if p.is_file())
    assert b"Lovelace" not in everything


def test_the_site_gets_what_the_policy_leaves(home: Path) -> None:
    (home / "worksheet.csv").write_text(
        "Identifier,Full name,Email address,Grade,Maximum grade\n"
        "Participant 101,Ada Lovelace,,,7.50\nParticipant 102,Bob,,,7.50\n"
        "Participant 103,Cy,,,7.50\n"
    )
    run(home, "roster", "worksheet.csv")
    plain = run(home, "export", "moodle", "graded", "--template", "worksheet.csv", "--scale")
    assert "Cy has no hand-in: left as it is." in plain.stderr
    final = ("--final", "--out", "final.csv")
    done = run(home, "export", "moodle", "graded", "--template", "worksheet.csv", *final)
    assert (done.returncode, done.stderr) == (0, "")
    rows = list(csv.reader(io.StringIO((home / "final.csv").read_text())))
    # Bob's two points less a tenth, and nothing for what Cy did not hand in.
    assert [row[3] for row in rows[1:]] == ["4", "1.8", "0"]


def test_gradescope_shows_no_more_than_pages_do(home: Path) -> None:
    run(home, "export", "gradescope", "graded")
    text = "".join(p.read_text() for p in (home / "graded" / "gradescope").iterdir())
    assert "stork4242" in text, "the deadline of November is over"
    (home / "course.toml").write_text(POLICY.replace('later = "everything"', ""))
    run(home, "export", "gradescope", "graded")
    text = "".join(p.read_text() for p in (home / "graded" / "gradescope").iterdir())
    assert "It is right." in text
    assert "heron7319" not in text
