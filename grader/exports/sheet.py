"""A CSV file that cells are put into, while all others stay as they are, byte for byte."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from grader.errors import UsageError

SEPARATORS = ",;\t"
# Each with the codec for what comes behind it; the last is for files without a mark.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"", "utf-8"),
)


@dataclass(frozen=True)
class Cell:
    """A cell as it stands in the file, what it means, and what follows it."""

    raw: str
    value: str
    after: str


@dataclass(frozen=True)
class Sheet:
    """A table with the dialect of the file it was read from."""

    mark: bytes
    codec: str
    separator: str
    lines: tuple[tuple[Cell, ...], ...]

    @property
    def rows(self) -> list[list[str]]:
        """The values, line by line."""
        return [[cell.value for cell in line] for line in self.lines]

    def filled(self, put: Mapping[tuple[int, int], str]) -> bytes:
        """Return the file with some cells replaced, by line and column."""
        text = "".join(
            (self._written(put[at], cell) if (at := (row, column)) in put else cell.raw)
            + cell.after
            for row, line in enumerate(self.lines)
            for column, cell in enumerate(line)
        )
        return self.mark + text.encode(self.codec)

    def _written(self, value: str, old: Cell) -> str:
        needs = any(letter in value for letter in f'"\r\n{self.separator}')
        if not needs and not old.raw.startswith('"'):
            return value
        return '"' + value.replace('"', '""') + '"'


def read_sheet(data: bytes, where: str) -> Sheet:
    """Return the table in a CSV file; raises `UsageError` for one that cannot be kept as it is."""
    mark, codec = next((mark, codec) for mark, codec in MARKS if data.startswith(mark))
    try:
        text = data[len(mark) :].decode(codec)
    except UnicodeDecodeError:
        raise UsageError(
            f"{where} is not UTF-8. Download it again, and do not save it from a spreadsheet."
        ) from None
    read = [(_lines(text, separator), separator) for separator in SEPARATORS]
    # The header decides: the separator that gives it the most cells.
    lines, separator = max(read, key=lambda found: len(found[0][0]) if found[0] else 0)
    if not lines:
        raise UsageError(f"{where} is not a table: it is empty, or a quotation mark is not closed.")
    return Sheet(mark, codec, separator, tuple(map(tuple, lines)))


def _lines(text: str, separator: str) -> list[list[Cell]]:
    """Return the cells of each line; none where a quotation mark is not closed."""
    plain = f"[^{separator}\r\n]*"
    cell = re.compile(f'(?:"((?:[^"]|"")*)"({plain})|(?!")({plain}))({separator}|\r\n|\n|\r|\\Z)')
    lines: list[list[Cell]] = []
    line: list[Cell] = []
    at, after = 0, ""
    while at < len(text) or after == separator:
        found = cell.match(text, at)
        if not found:
            return []
        quoted, rest, bare, after = found.groups()
        value = bare if quoted is None else quoted.replace('""', '"') + rest
        line.append(Cell(text[at : found.start(4)], value, after))
        at = found.end()
        if after != separator:
            lines.append(line)
            line = []
    return lines
