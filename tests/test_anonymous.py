"""Results without people: no byte of them names anybody, and texts go out only when reviewed."""

import csv
import io
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.anonymous import Ids
from grader.exports.table import harmless
from grader.model import Course, Person
from grader.store.gradebook import Gradebook
from tests.cli.test_commands import grader
from tests.test_forget import ACCOUNT, CANARY, EMAIL, NAME, ZOE, graded

BOTH = "Both of us think so"
PEOPLE = (NAME, "Bob Ash", "Ash", ACCOUNT, EMAIL, "zoe", "Cy")
OTHERS = (CANARY, BOTH, "2026-11-10", "12:00", "red", "thanks")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A gradebook of three people with two hand-ins, and a roster."""
    folder = tmp_path / "graded"
    folder.mkdir()
    with Gradebook(folder / "gradebook.sqlite") as book:
        for parts in (
            (f"{NAME}_101", (ZOE,), (NAME,), CANARY),
            ("bob", (Person("Bob Ash", "102"),), ("Bob Ash", "Cy"), f"{BOTH}, call 0171234567"),
        ):
            grade, hand_in = graded(*parts)
            book.record(replace(grade, refused="Cy's file is torn" if parts[0] == "x" else ""))
            book.kept.keep_hand_in(hand_in)
        people = [(replace(ZOE, account=ACCOUNT), "red"), (Person("Bob Ash", "102"), "")]
        book.roster.take_over("moodle", [*people, (Person("Cy", "103"), "")], datetime.now(UTC))
    return folder


def run(course: Course, *words: object):
    return grader("anonymise", *words, "--course", course.root)


def table(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text())))


def bytes_of(out: Path) -> str:
    return "\n".join(f"{path}\n{path.read_text()}" for path in sorted(out.rglob("*.csv")))


def named(text: str, words: Iterator[str] | tuple[str, ...]) -> list[str]:
    import re

    return [
        word
        for word in words
        if re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", text.casefold())
    ]


def test_no_byte_names_anybody(course: Course, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "research"
    done = run(course, folder, out, "--throw-away-salt")
    assert done.returncode == 0, done.stderr
    assert named(bytes_of(out), PEOPLE + OTHERS) == []
    assert sorted(p.name for p in out.iterdir()) == [
        "README.txt", "checks.csv", "hand_ins.csv", "questions.csv",
    ]  # fmt: skip
    rows = table(out / "hand_ins.csv")
    assert [row["hand_in"] for row in rows] == sorted(row["hand_in"] for row in rows)
    assert {row["week"] for row in rows} == {"2026-W46"}
    assert sorted(len(row["students"].split()) for row in rows) == [1, 2]
    assert {row["words"] for row in table(out / "questions.csv")} == {"50"}
    assert not (folder / "texts-to-review.csv").exists()


def test_a_salt_makes_the_same_ids_again_and_another_does_not(
    course: Course, folder: Path, tmp_path: Path
) -> None:
    salt = tmp_path / "salt"
    for name in ("one", "two"):
        assert run(course, folder, tmp_path / name, "--salt", salt).returncode == 0
    assert stat.S_IMODE(salt.stat().st_mode) == 0o600
    assert run(course, folder, tmp_path / "three", "--throw-away-salt").returncode == 0
    one, two, three = (bytes_of(tmp_path / n).split("\n", 1)[1] for n in ("one", "two", "three"))
    assert one.replace("/one/", "") == two.replace("/two/", "")
    assert one.splitlines()[0] == three.splitlines()[0]
    assert one.splitlines()[1] != three.splitlines()[1]


def test_texts_go_out_only_where_a_person_said_yes(
    course: Course, folder: Path, tmp_path: Path
) -> None:
    salt, listed = tmp_path / "salt", folder / "texts-to-review.csv"
    done = run(course, folder, tmp_path / "first", "--salt", salt)
    assert "texts are listed in" in done.stdout
    assert stat.S_IMODE(listed.stat().st_mode) == 0o600
    rows = table(listed)
    assert {row["kind"] for row in rows} == {"answer", "message", "code"}
    assert named("\n".join(row["text"] for row in rows), (NAME, ACCOUNT, EMAIL, "MEMBERS")) == []
    (answer,) = (row for row in rows if BOTH in row["text"] and row["kind"] == "answer")
    assert "0171234567" in answer["look_at"]
    answer["keep"] = "yes"
    answer["text"] = BOTH
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    listed.write_text(buffer.getvalue())
    out = tmp_path / "second"
    done = run(course, folder, out, "--salt", salt, "--with-texts", listed)
    assert done.returncode == 0, done.stderr
    (kept,) = table(out / "texts.csv")
    assert (kept["text"], kept["kind"]) == (BOTH, "answer")
    assert kept["hand_in"] in {row["hand_in"] for row in table(out / "hand_ins.csv")}
    assert CANARY not in bytes_of(out)
    again = run(course, folder, tmp_path / "y", "--salt", salt)
    assert (again.returncode, "has been reviewed" in again.stderr) == (2, True)
    assert "yes" in {row["keep"] for row in table(listed)}
    listed.write_bytes(b"\xef\xbb\xbf" + buffer.getvalue().encode())
    assert (
        run(course, folder, tmp_path / "z", "--salt", salt, "--with-texts", listed).returncode == 0
    )
    other = run(course, folder, tmp_path / "x", "--salt", tmp_path / "s2", "--with-texts", listed)
    assert other.returncode == 2
    assert "written with another salt" in other.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "Say what becomes of the salt"),
        (("--salt", "s", "--throw-away-salt"), "Say what becomes of the salt"),
        (("--throw-away-salt", "--with-texts", __file__), "give the same --salt"),
    ],
)
def test_what_has_to_be_said(
    course: Course, folder: Path, tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    done = run(course, folder, tmp_path / "out", *options)
    assert (done.returncode, says in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "out").exists()


def test_the_salt_must_lie_elsewhere_and_the_folder_be_new(
    course: Course, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = run(course, folder, out, "--salt", out / "salt.txt")
    assert "must not lie in" in done.stderr
    done = run(course, folder, folder, "--throw-away-salt")
    assert "is not empty" in done.stderr


def test_ids_of_people_and_hand_ins_never_meet() -> None:
    ids = Ids(b"salt")
    assert ids.of("student", "a") != ids.of("hand-in", "a")
    assert ids.of("student", "a", "b") != ids.of("student", "ab")
    assert harmless(ids.of("student", "a")) == ids.of("student", "a")
