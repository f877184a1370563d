"""A table is read as spreadsheets read it, and what is not put in stays byte for byte."""

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.exports.sheet import read_sheet

CELLS = st.text(st.sampled_from(",;\t\"'\n =é1a"), max_size=6)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5)
MARKED = [(b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le")]


@given(
    table=TABLES,
    separator=st.sampled_from(",;\t"),
    ends=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    marked=st.sampled_from(MARKED),
    last=st.booleans(),
)
def test_every_dialect_comes_back(table, separator, ends, quoting, marked, last) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator=ends, quoting=quoting)
    # A header that leaves no doubt about the separator.
    writer.writerows([["Identifier", "Name", "Grade"], *table])
    text = buffer.getvalue()
    text = text if last else text.removesuffix(ends)
    data = marked[0] + text.encode(marked[1])
    sheet = read_sheet(data, "x.csv")
    assert sheet.separator == separator
    assert sheet.rows[1:] == table
    assert sheet.filled({}) == data


@given(table=TABLES, put=CELLS, row=st.integers(0, 4), column=st.integers(0, 2))
def test_one_cell_is_put_in_and_the_rest_stays(table, put, row, column) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["Identifier", "Name", "Grade"], *table])
    row = 1 + row % len(table)
    data = read_sheet(buffer.getvalue().encode(), "x").filled({(row, column): put})
    expected = [["Identifier", "Name", "Grade"], *(list(line) for line in table)]
    expected[row][column] = put
    assert read_sheet(data, "x").rows == expected
    assert list(csv.reader(io.StringIO(data.decode(), newline=""))) == expected


def test_cells_beside_stay_byte_for_byte() -> None:
    before = b'ID;Name;Grade\r\n"1"; "A" ;\r\n2;"B ""b""";"3"\r\n;;\n'
    after = read_sheet(before, "x").filled({(1, 0): "9", (1, 2): "1.5", (2, 2): "2;5"})
    assert after == b'ID;Name;Grade\r\n"9"; "A" ;1.5\r\n2;"B ""b""";"2;5"\r\n;;\n'


def test_a_lone_carriage_return_does_not_end_a_line() -> None:
    data = read_sheet(b"a,b\n1,2\n", "x").filled({(1, 0): "x\ry"})
    assert data == b'a,b\n"x\ry",2\n'
    assert read_sheet(data, "x").rows[1] == ["x\ry", "2"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"Pers\xf6nlich,a\n", "is not UTF-8"),
        (b"", "is empty"),
        (b'a,b\n"open,1\n', "quotation mark"),
    ],
)
def test_what_cannot_be_kept_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_sheet(data, "grades.csv")
