"""Moodle's worksheet, filled and read again by Moodle's own rules."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.exports.moodle import fill_worksheet
from grader.model import Person
from tests.exports.class_of import NAMES, POINTS, graded, person, the_class

GOLDEN = Path(__file__).parent / "golden"
ENGLISH = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade",
    "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
    "Feedback comments",
)  # fmt: skip
# What the importer looks up in the teacher's language: recordid, grade, lastmodifiedgrade, and
# the title of the comments; then what "hiddenuser" is there.
LANGUAGES = {
    "en": (ENGLISH, "Participant "),
    "de": (
        ("ID", "Vollständiger Name", "E-Mail-Adresse", "Status", "Bewertung", "Bestwertung",
         "Bewertung kann geändert werden", "Zuletzt geändert (Abgabe)",
         "Zuletzt geändert (Bewertung)", "Feedback als Kommentar"),
        "Teilnehmer/in",
    ),
    "fr": (
        ("Identifiant", "Nom complet", "Adresse de courriel", "Statut", "Note", "Note maximale",
         "La note peut être modifiée", "Dernière modification (travail remis)",
         "Dernière modification (note)", "Feedback par commentaires"),
        "Participant ",
    ),
}  # fmt: skip
PLAIN = b"f 7 of 16; 1 answer to be marked by hand"


def worksheet(language: str = "en", *, separator: str = ",", maximum: str = "20.00") -> bytes:
    """Return a worksheet as Moodle writes it: ordinary quoting, a mark, lines ended as in PHP."""
    head, word = LANGUAGES[language]
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\n")
    writer.writerow(head)
    for number, name in NAMES.items():
        address = f"u{number}@example.org"
        writer.writerow(
            [f"{word}{number}", name, address, "-", "", maximum, "Yes", "-", "Monday, 2", ""]
        )
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def imported(data: bytes, language: str = "en", separator: str = ",") -> dict[str, tuple[str, str]]:
    """Return what Moodle would take: by participant, the grade and the comment.

    After mod/assign/feedback/offline: columns are found by their titles in the teacher's language,
    the participant's number follows the word before it, and an empty grade is passed over.
    """
    head, word = LANGUAGES[language]
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator))
    at = {title: index for index, title in enumerate(rows[0])}
    taken = {}
    for row in rows[1:]:
        number = row[at[head[0]]][len(word) :]
        assert number.isdigit()
        grade = row[at[head[4]]]
        if grade != "" and 0 <= float(grade) <= float(row[5].replace(",", ".")):
            taken[number] = (grade, row[at[head[9]]])
    return taken


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_moodle_takes_every_grade(language: str, separator: str) -> None:
    before = worksheet(language, separator=separator)
    filled = fill_worksheet(before, the_class())
    comment = "f {} of 16; 1 answer to be marked by hand"
    assert imported(filled.data, language, separator) == {
        str(number): (str(points), comment.format(points)) for number, points in POINTS.items()
    }
    assert filled.problems == (
        "Nobody Handed In has no hand-in: left as it is.",
        "Refused Rita (Refused Rita_106) could not be graded: left as it is.",
    )


def test_every_other_cell_stays_byte_for_byte() -> None:
    before = worksheet()
    filled = fill_worksheet(before, [graded("ada", 7, person(101))])
    old, new = before.splitlines(keepends=True), filled.data.splitlines(keepends=True)
    assert [a == b for a, b in zip(old, new, strict=True)] == [True, False, *[True] * 5]
    assert new[1] == (
        b'Participant 101,Ada Lovelace,u101@example.org,-,7,20.00,Yes,-,"Monday, 2",'
        b'"f 7 of 16; 1 answer to be marked by hand"\n'
    ).replace(b'"f 7 of 16; 1 answer to be marked by hand"', PLAIN)


def test_golden() -> None:
    filled = fill_worksheet(worksheet(), the_class())
    assert filled.data == (GOLDEN / "moodle.csv").read_bytes()


def test_blind_marking_has_no_names() -> None:
    head = "Identifier,Status,Grade,Maximum grade,Last modified (grade)\n"
    before = f"{head}Participant 101,No submission,,20.00,-\n".encode()
    filled = fill_worksheet(before, [graded("a", 3, Person("Participant", "101"))])
    assert filled.data.splitlines()[1] == b"Participant 101,No submission,3,20.00,-"
    # A state must not be taken for a name.
    claims = replace(graded("b", 3), members=("No submission", "Participant 101"))
    assert fill_worksheet(before, [claims]).data == before


@pytest.mark.parametrize(
    ("maximum", "scale", "grade"),
    [("20.00", False, "8"), ("16,00", False, "8"), ("100.00", True, "40"), ("10", True, "4")],
)
def test_maxima(maximum: str, scale: bool, grade: str) -> None:
    before = worksheet("de", separator=";", maximum=maximum)
    filled = fill_worksheet(before, [graded("z", 8, person(102))], scale=scale)
    assert imported(filled.data, "de", ";")["102"][0] == grade


def test_another_maximum_is_not_converted_unasked() -> None:
    with pytest.raises(UsageError, match=r"out of 100.00, the grader out of 20 .*--scale"):
        fill_worksheet(worksheet(maximum="100.00"), the_class())


def test_a_scale_of_words_is_told() -> None:
    with pytest.raises(UsageError, match="a scale instead of points"):
        fill_worksheet(worksheet(maximum="Good\nBad"), the_class())


def test_a_language_we_do_not_know_is_asked_for() -> None:
    before = worksheet().replace(b"Grade,", b"Grad\xc4\x97,")
    with pytest.raises(UsageError, match=r"no column for the grade.*--column.*“Gradė”"):
        fill_worksheet(before, the_class())
    named = before.replace(b"Feedback comments", b"Komentarai")
    filled = fill_worksheet(named, the_class(), column="Gradė", comments="komentarai")
    assert b",16,20.00," in filled.data
    assert b"f 16 of 16" in filled.data


def test_another_file_is_refused() -> None:
    with pytest.raises(UsageError, match="instead of Moodle's own number"):
        fill_worksheet(b"Name,Grade,Maximum\nAda,,20\n", the_class())
