"""Bytes in, the cells of a notebook out, or the sentence that says why not."""

import codecs
import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from grader.errors import Refused

MAX_BYTES = 64 << 20
MAX_CELLS = 2000
# Each costs Python some sixty bytes, though a file can spell it in three.
MAX_VALUES = 5_000_000
# Characters of all code cells together; reading them as Python takes up to 800 bytes for each.
MAX_CODE = 300_000
MAX_SHOWN = 8
PICTURES = ("image/", "png", "jpeg", "svg")
# Magics over a cell that is run all the same; below any other it is not Python, or not run here.
PYTHON_MAGICS = re.compile(r"\A\s*%%(?:capture|time|prun)\b.*\n?")
# No blank after the %: a line of a long sum may begin with one.
LINE_MAGICS = re.compile(r"(?m)^([ \t]*)(?:(?:%\w|!|\?|pip \w|conda \w).*|[\w.]+\?{1,2}[ \t]*)$")
VALUE_MAGICS = re.compile(r"(?m)^([ \t]*[\w.][\w., ]*=)[ \t]*(?:%\w|!).*$")
MARKS = re.compile(r"(?m)^(?:<{7}|>{7})(?: |$)")
# Newer exports, older ones and other tools' leftovers all start differently.
FOREIGN = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive",
    b"<!DO": "a web page",
    b"<htm": "a web page",
    b"\x89PNG": "a picture",
}


@dataclass(frozen=True)
class Cell:
    """A cell of a hand-in. `attachments` are pictures pasted into text, by name and MIME type.

    `count` and `outputs` tell of the run that was stored: when, and which kinds of thing it showed
    (text, figure, error). Nothing but the form of a hand-in is judged by them.
    """

    kind: str
    source: str
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)
    count: int | None = None
    outputs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Notebook:
    """The cells of a hand-in, in order, and what had to be overlooked to read it."""

    cells: tuple[Cell, ...]
    warnings: tuple[str, ...] = ()

    @property
    def code(self) -> list[str]:
        """The sources of the code cells."""
        return [cell.source for cell in self.cells if cell.kind == "code"]


def read_notebook(data: bytes) -> Notebook:
    """Read any notebook of format 3 or 4, damaged or not; raises `Refused`.

    Only what grading needs is taken: kinds, sources, attachments, and of stored outputs what kind
    they are. Ids and metadata are not looked at, so nothing that is wrong with them matters.
    """
    document = _document(data)
    cells = document.get("cells")
    if cells is None and isinstance(document.get("worksheets"), list):
        sheets = [_dict(sheet).get("cells") for sheet in document["worksheets"]]
        cells = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
    if not isinstance(cells, list):
        raise Refused("The file is JSON but not a notebook: it has no list of cells.")
    if len(cells) > MAX_CELLS:
        raise Refused(f"The notebook has {len(cells)} cells; at most {MAX_CELLS} are graded.")
    read = [_cell(cell) for cell in cells]
    good = tuple(cell for cell in read if cell is not None)
    lost = [number for number, cell in enumerate(read, 1) if cell is None]
    if sum(len(cell.source) for cell in good if cell.kind == "code") > MAX_CODE:
        raise Refused(f"The code of the notebook is longer than {MAX_CODE:,} characters.")
    return Notebook(good, (_lost(lost),) if lost else ())


def runnable(source: str) -> str:
    """Return a code cell without its magics and shell lines, for reading as plain Python."""
    source = PYTHON_MAGICS.sub("", source)
    if source.lstrip().startswith("%%"):
        return ""
    # A cell may be indented as a whole.
    return textwrap.dedent(LINE_MAGICS.sub(r"\1pass", VALUE_MAGICS.sub(r"\1 None", source)))


def _document(data: bytes) -> dict[str, Any]:
    if not data.strip():
        raise Refused("The file is empty.")
    if len(data) > MAX_BYTES:
        raise Refused(
            f"The notebook is larger than {MAX_BYTES >> 20} MB. Clear the outputs that make it so "
            "large, run it again and hand it in anew."
        )
    for start, kind in FOREIGN.items():
        if data.lstrip().startswith(start):
            raise Refused(f"The file is {kind}, not a notebook (.ipynb).")
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > MAX_VALUES:
        raise Refused(
            f"The notebook holds more than {MAX_VALUES:,} values. Clear its outputs, save it and "
            "hand it in anew."
        )
    try:
        text = decoded(data)
    except UnicodeDecodeError:
        raise Refused("The file is not text in UTF-8, so it is not a notebook.") from None
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise Refused(f"The file is not a notebook: {_unreadable(text, error)}") from None
    if not isinstance(document, dict):
        raise Refused("The file is JSON but not a notebook.")
    return document


def decoded(data: bytes) -> str:
    """Return a file as text, with or without a byte order mark; raises `UnicodeDecodeError`."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if wide else "utf-8-sig")


def _unreadable(text: str, error: Exception) -> str:
    mark, stop = MARKS.search(text), getattr(error, "lineno", None)
    if mark:
        line = text.count("\n", 0, mark.start()) + 1
        return (
            f"line {line} is a mark of a merge that was not finished. Choose one of the versions "
            "there, and take out the marks."
        )
    if text.lstrip().startswith("{") and not text.rstrip().endswith("}"):
        last = text.rstrip().count("\n") + 1
        return f"it ends in the middle, in line {last}, and is not whole."
    return "it is not valid JSON." + (f" It stops making sense in line {stop}." if stop else "")


def _lost(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:MAX_SHOWN])) + (" …" if len(numbers) > MAX_SHOWN else "")
    many = len(numbers) > 1
    return (
        f"Cell{'s' if many else ''} {shown} of the notebook {'are' if many else 'is'} damaged (no "
        f"kind, or no text) and {'were' if many else 'was'} skipped."
    )


def _cell(cell: Any) -> Cell | None:
    kind = _dict(cell).get("cell_type")
    source = _text(_dict(cell).get("source", _dict(cell).get("input", "")))
    if source is None or not isinstance(kind, str):
        return None
    if kind == "heading":
        source = f"{'#' * int(_level(cell))} {source}"
    plain = source.replace("\r\n", "\n").replace("\r", "\n")
    if kind.lower() != "code":
        return Cell("markdown", plain, _attachments(cell))
    count = _dict(cell).get("execution_count", _dict(cell).get("prompt_number"))
    return Cell("code", plain, _attachments(cell), _count(count), frozenset(_outputs(cell)))


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _outputs(cell: Any) -> Iterator[str]:
    outputs = _dict(cell).get("outputs")
    for output in map(_dict, outputs if isinstance(outputs, list) else []):
        # Format 3 keeps the picture beside the type, format 4 in `data`.
        kinds = {*_dict(output.get("data")), *output}
        if output.get("output_type") in ("error", "pyerr"):
            yield "error"
        elif any(isinstance(kind, str) and kind.startswith(PICTURES) for kind in kinds):
            yield "figure"
        elif kinds:
            yield "text"


def _attachments(cell: Any) -> dict[str, dict[str, str]]:
    found = _dict(_dict(cell).get("attachments"))
    return {
        _whole(name): {
            _whole(kind): text
            for kind, value in _dict(kinds).items()
            if (text := _text(value)) is not None
        }
        for name, kinds in found.items()
    }


def _level(cell: Any) -> int:
    level = _dict(cell).get("level", 1)
    return level if isinstance(level, int) and 1 <= level <= 6 else 1


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    """Return text that a notebook may hold as one string or as a list of lines."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "".join(value)
    return _whole(value) if isinstance(value, str) else None


def _whole(text: str) -> str:
    """Return text without halves of characters, which JSON can spell and no file could hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
