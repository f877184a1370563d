"""Moodle's grading worksheet: the downloaded file with grades and comments put in."""

import re
from collections.abc import Sequence

from grader.errors import UsageError
from grader.exports.filled import Filled, by_exercise, points_on_scale, to_number, told
from grader.exports.people import Row, match
from grader.exports.sheet import Sheet, read_sheet
from grader.exports.table import harmless
from grader.model import Grade
from grader.roster import known

# Moodle finds its columns by their titles in the teacher's language. What is not in here is named
# with --column and --comments.
GRADE = {
    "grade", "bewertung", "note", "calificación", "valutazione", "cijfer", "beoordeling", "nota",
    "qualificació", "ocena", "оценка", "評点", "評定", "成绩", "成績", "betyg", "karakter",
    "arvosana", "známka",
}  # fmt: skip
COMMENTS = {
    "feedback comments", "feedback als kommentar", "feedback par commentaires",
    "comentarios de retroalimentación", "commenti al feedback", "feedback opmerkingen",
    "comentários de feedback",
}  # fmt: skip
NAME = {
    "full name", "vollständiger name", "nom complet", "nombre completo", "cognome nome",
    "nome completo", "volledige naam", "imię i nazwisko", "полное имя",
}  # fmt: skip
SURE = "Download the worksheet anew and leave its first line as it is."


def fill_worksheet(
    data: bytes,
    grades: Sequence[Grade],
    *,
    where: str = "The worksheet",
    column: str = "",
    comments: str = "",
    scale: bool = False,
) -> Filled:
    """Put grades into a worksheet; `column` and `comments` name columns by their titles.

    Everything else stays as it is, byte for byte. The column beside the grade holds the maximum.
    """
    sheet = read_sheet(data, where)
    head = [known(title) for title in sheet.rows[0]]
    at = _column(sheet, GRADE, column, "the grade", "--column")
    to = _column(sheet, COMMENTS, comments, "the comments", "--comments") if comments else None
    to = next((i for i, title in enumerate(head) if title in COMMENTS), to)
    rows = [_row(number, cells, head, at) for number, cells in _people(sheet)]
    matched = match("moodle", rows, grades)
    put: dict[tuple[int, int], str] = {}
    for number, grade in matched.grades.items():
        cells = sheet.rows[number]
        maximum = _maximum(cells, at, where)
        put[number, at] = points_on_scale(grade, maximum, scale=scale, where=where)
        if to is not None and to < len(cells):
            put[number, to] = harmless(by_exercise(grade))
    return Filled(sheet.filled(put), matched.problems)


def _people(sheet: Sheet) -> list[tuple[int, list[str]]]:
    return [(number, row) for number, row in enumerate(sheet.rows) if number and any(row)]


def _row(number: int, cells: list[str], head: list[str], grade: int) -> Row:
    identifier = re.search(r"(\d+)\s*$", cells[0])
    if not identifier:
        raise UsageError(
            f"Line {number + 1} of the worksheet begins with “{harmless(cells[0])}” instead of "
            f"Moodle's own number of a participant. {SURE}"
        )
    # Titles before the grade are identity fields, in any language: an address is known by its @.
    accounts = frozenset(known(cell) for cell in cells[1:grade] if "@" in cell)
    name = cells[1] if len(head) > 1 and head[1] in NAME else ""
    return Row(number, name, identifier[1], accounts)


def _column(sheet: Sheet, titles: set[str], named: str, what: str, option: str) -> int:
    head = [known(title) for title in sheet.rows[0]]
    wanted = {known(named)} if named else titles
    found = [index for index, title in enumerate(head) if title in wanted]
    if len(found) != 1:
        raise UsageError(
            f"The worksheet has {'several columns' if found else 'no column'} for {what}. Name it "
            f"with {option}; there are: {told(sheet.rows[0])}."
        )
    return found[0]


def _maximum(cells: list[str], grade: int, where: str) -> str:
    text = cells[grade + 1] if grade + 1 < len(cells) else ""
    if to_number(text) is None:
        raise UsageError(
            f"{where} has no maximum beside the grade (“{harmless(text)[:40]}”): the assignment "
            "has a scale instead of points. Give it points in Moodle, then download it anew."
        )
    return text
