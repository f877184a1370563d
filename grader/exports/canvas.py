"""Canvas's grade book: the downloaded CSV file with the points of one assignment put in."""

import re
from collections.abc import Sequence

from grader.errors import UsageError
from grader.exports.filled import Filled, points_on_scale, told
from grader.exports.people import Row, match
from grader.exports.sheet import Sheet, read_sheet
from grader.model import Grade
from grader.roster import known

# Canvas takes a title without a number for a new assignment.
TITLE = re.compile(r"(?P<title>.*\S)\s*\((?P<id>\d+)\)\s*")
MAXIMUM = "points possible"
ACCOUNTS = ("SIS User ID", "SIS Login ID")
TEST_STUDENT = {"student, test", "test student"}


def fill_gradebook(
    data: bytes,
    grades: Sequence[Grade],
    *,
    where: str = "The grade book",
    column: str = "",
    titles: Sequence[str] = (),
    scale: bool = False,
) -> Filled:
    """Put points into the column of an assignment; everything else stays, byte for byte.

    The column is that of the number or title in `column`, else the one with one of the `titles`.
    """
    sheet = read_sheet(data, where)
    head = sheet.rows[0]
    first = first_column(head)
    if not first:
        raise UsageError(
            f"{where} is not the grade book of Canvas: its first line begins with "
            f"{told(head[:4])}. Export it anew from Canvas."
        )
    at = _column(head, column, titles)
    maximum = _maximum(sheet, at, where)
    rows = [row_of(number, cells, head, first) for number, cells in people(sheet, first)]
    matched = match("canvas", rows, grades)
    excused = [
        row
        for row in rows
        if row.at in matched.grades and known(_cell(sheet.rows[row.at], at)) == "ex"
    ]
    put = {
        (number, at): points_on_scale(grade, maximum, scale=scale, where=where)
        for number, grade in matched.grades.items()
        if number not in {row.at for row in excused}
    }
    left = tuple(f"{row.who} is excused in Canvas: left as it is." for row in excused)
    return Filled(sheet.filled(put), (*matched.problems, *left))


def first_column(head: list[str]) -> int:
    """Return where Canvas's own numbers stand; 0 for a table that is not Canvas's."""
    first = 2 if [known(title) for title in head[:2]] == ["lastname", "firstname"] else 1
    return first if len(head) >= 4 and known(head[first]) == "id" else 0


def people(sheet: Sheet, first: int) -> list[tuple[int, list[str]]]:
    """Return the lines of students: not those of maxima, of posting, or of Canvas's own tester."""
    return [
        (number, cells)
        for number, cells in enumerate(sheet.rows)
        if number
        and any(cell.strip() for cell in cells[:first])
        and MAXIMUM not in known(cells[0])
        and known(cells[0]) not in TEST_STUDENT
    ]


def row_of(number: int, cells: list[str], head: list[str], first: int) -> Row:
    """Return whose line it is."""
    accounts = {
        known(cell) for title, cell in zip(head, cells, strict=False) if title.strip() in ACCOUNTS
    }
    name = cells[0] if first == 1 else f"{cells[0]}, {cells[1]}"
    return Row(number, name, _cell(cells, first).strip(), frozenset(accounts - {""}))


def _column(head: list[str], column: str, titles: Sequence[str]) -> int:
    found = {index: TITLE.fullmatch(title) for index, title in enumerate(head)}
    named = {index: title for index, title in found.items() if title}
    wanted = {known(column)} if column else {known(title) for title in titles}
    hits = [
        index
        for index, title in named.items()
        if {known(title["title"]), title["id"], known(title[0])} & wanted
    ]
    if len(hits) != 1:
        raise UsageError(
            f"The grade book has {'several columns' if hits else 'no column'} called "
            f"{' or '.join(told([name]) for name in ([column] if column else titles))}. Name one "
            f"with --column; there are: {told([title[0] for title in named.values()]) or 'none'}."
        )
    return hits[0]


def _maximum(sheet: Sheet, at: int, where: str) -> str:
    for cells in sheet.rows[1:]:
        if cells and MAXIMUM in known(cells[0]):
            text = _cell(cells, at)
            if "read only" in known(text):
                raise UsageError(f"{where}: “{sheet.rows[0][at]}” is read only in Canvas.")
            return text
    raise UsageError(f"{where} has no line “Points Possible”. Export it anew from Canvas.")


def _cell(cells: list[str], at: int) -> str:
    return cells[at] if at < len(cells) else ""
