"""Canvas's grade book, filled and read again by Canvas's own rules."""

import csv
import io
import re
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.exports.canvas import fill_gradebook
from grader.model import Person
from tests.exports.class_of import NAMES, POINTS, graded, person, the_class

GOLDEN = Path(__file__).parent / "golden"
HEAD = [
    "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Essay (7)",
    "Flow-based modelling (4711)", "Final Score",
]  # fmt: skip
TITLES = ("05_flow", "Flow-based modelling")


def gradebook(separator: str = ",", ends: str = "\r\n", maximum: str = "20.00") -> bytes:
    """Return a grade book as Canvas exports it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator=ends)
    writer.writerow(HEAD)
    writer.writerow(["", "", "", "", "", "", "Manual Posting", ""])
    writer.writerow(["    Points Possible", "", "", "", "", "10.00", maximum, "(read only)"])
    for number, name in NAMES.items():
        writer.writerow([name, number, f"s{number}", f"u{number}", "A, B", "9.50", "", "47.5"])
    writer.writerow(["Student, Test", 999, "", "x", "A", "", "", ""])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def imported(data: bytes) -> dict[int, str]:
    """Return the points that Canvas would take for assignment 4711, by user.

    After lib/gradebook_importer.rb: semicolons where they give every line as many cells; students
    in the first and numbers in the second column, sections last before the assignments; titles
    carry the number of the assignment; lines of maxima and of posting are passed over.
    """
    text = data.decode("utf-8-sig")
    first = text.splitlines()[:3]
    counts = {";": {len(next(csv.reader([line], delimiter=";"))) for line in first}}
    semicolon = len(counts[";"]) == 1 and max(counts[";"]) > len(next(csv.reader([first[0]])))
    head, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if semicolon else ",")
    assert "Student" in head[0]
    assert "ID" in head[1]
    assert "Section" in head[4]
    numbers = [re.search(r"\((\d+)\)$", title) for title in head[5:-1]]
    assert [n[1] for n in numbers if n] == ["7", "4711"], "a title without would be a new one"
    taken = {}
    for row in rows:
        posting = all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell) for cell in row)
        if "Points Possible" not in row[0] and not posting and row[6] not in {"", "-"}:
            taken[int(row[1])] = row[6]
    return taken


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_canvas_takes_every_grade(separator: str, ends: str) -> None:
    before = gradebook(separator, ends)
    filled = fill_gradebook(before, the_class("canvas"), titles=TITLES)
    assert imported(filled.data) == {number: str(points) for number, points in POINTS.items()}
    assert filled.problems == (
        "Nobody Handed In has no hand-in: left as it is.",
        "Refused Rita (Refused Rita_106) could not be graded: left as it is.",
    )


def test_golden() -> None:
    filled = fill_gradebook(gradebook(), the_class("canvas"), titles=TITLES)
    assert filled.data == (GOLDEN / "canvas.csv").read_bytes()


def test_every_other_cell_stays_byte_for_byte() -> None:
    before = gradebook()
    grade = graded("ada", 7, person(101), site="canvas")
    filled = fill_gradebook(before, [grade], column="4711")
    assert filled.data == before.replace(b'u101,"A, B",9.50,,', b'u101,"A, B",9.50,7,')


def test_logins_of_another_site_and_excused_students() -> None:
    excused = gradebook().replace(b'u102,"A, B",9.50,,', b'u102,"A, B",9.50,EX,')
    grades = [
        graded("a", 3, Person("?", account="U101"), site="gradescope"),
        graded("b", 4, Person("?", account="s102"), site="nbgrader"),
    ]
    filled = fill_gradebook(excused, grades, titles=TITLES)
    assert imported(filled.data) == {101: "3", 102: "EX"}
    assert 'O\'Neil, Zoë "Zed" is excused in Canvas: left as it is.' in filled.problems


def test_a_student_without_a_number_is_a_student() -> None:
    before = gradebook().replace(b"Ada Lovelace,101,", b"Ada Lovelace,,")
    filled = fill_gradebook(before, [graded("a", 3, person(101), site="gradescope")], titles=TITLES)
    assert b'Ada Lovelace,,s101,u101,"A, B",9.50,3,' in filled.data
    assert not any("Points Possible" in problem for problem in filled.problems)


def test_first_and_last_names_apart() -> None:
    head = "LastName,FirstName,ID,SIS Login ID,Section,Flow (4711)\n"
    points = "    Points Possible,,,,,20\n"
    before = f"{head}{points}Lovelace,Ada,101,u,A,\n".encode()
    by_name = graded("ada", 7, members=("Ada Lovelace",))
    for grade in (graded("ada", 7, person(101), site="canvas"), by_name):
        filled = fill_gradebook(before, [grade], column="Flow")
        assert filled.data.endswith(b"Lovelace,Ada,101,u,A,7\n")


@pytest.mark.parametrize(
    ("before", "column", "says"),
    [
        (gradebook(), "12", "no column called “12”. Name one with --column; there are: “Essay"),
        (gradebook().replace(b"Essay", b"05_flow"), "", "several columns called"),
        (gradebook(maximum="(read only)"), "4711", "is read only"),
        (gradebook().replace(b"    Points Possible", b"Punkte"), "4711", "no line “Points Poss"),
        (b"Name,Grade\nAda,\n", "", "is not the grade book of Canvas"),
    ],
    ids=["unknown", "several", "read only", "no maxima", "another file"],
)
def test_what_does_not_fit_is_a_sentence(before: bytes, column: str, says: str) -> None:
    with pytest.raises(UsageError) as raised:
        fill_gradebook(before, the_class("canvas"), column=column, titles=TITLES)
    assert says in str(raised.value)
