"""The notebook as PDF without a browser: plainer, but whole, with formulas and pictures."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from urllib.parse import unquote

from markdown_it.token import Token

from grader.reports.cells import Attachments, ReportCell
from grader.reports.markdown import SOURCE_LIMIT, Parser
from grader.reports.mathtext import lines_of, typeset
from grader.reports.outputs import LINE_SO_FAR
from grader.reports.pictures import picture_uri
from grader.reports.sheets import TEXT, Piece, Sheets, Word
from grader.reports.tame import Allowance, Output, tame, tame_source
from grader.reports.text import shorten

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
RASTER = ("image/png", "image/jpeg")
HEADINGS = {"h1": 16.0, "h2": 13.5, "h3": 11.5}
STYLES = {"strong_open": "B", "em_open": "I", "strong_close": "", "em_close": ""}
STEP = 6.0
TOGETHER = 28.0
OPENS = {"bullet_list_open", "ordered_list_open", "blockquote_open", "fold_open"}
CLOSES = {"bullet_list_close", "ordered_list_close", "blockquote_close", "fold_close"}


def plain_pdf(title: str, members: Sequence[str], cells: Sequence[ReportCell]) -> bytes:
    """Return a notebook, with the outputs stored in it, as the bytes of a PDF."""
    sheets, allowance = Sheets(), Allowance()
    sheets.set_title(title)
    sheets.words(plain_words(title, "B"), HEADINGS["h1"])
    sheets.words(plain_words(", ".join(members)))
    for cell in cells:
        source = tame_source(cell.source, allowance)
        if cell.kind == "code":
            sheets.listing(source, shaded=True)
            for output in tame(cell.outputs, allowance):
                show_output(sheets, output)
        else:
            show_text(sheets, source, cell.attachments)
    return bytes(sheets.output())


def show_output(sheets: Sheets, output: Output) -> None:
    """Set one output in the richest form that paper without a browser can show."""
    data: Mapping[str, str] = output.get("data", {})
    for kind in RASTER:
        uri = picture_uri(kind, data[kind]) if kind in data else None
        if uri and show_picture(sheets, uri):
            return
    if "text/latex" in data:
        sheets.formula(data["text/latex"].strip().strip("$"))
    elif "text/markdown" in data:
        show_text(sheets, data["text/markdown"], {})
    elif text := output.get("text") or data.get("text/plain"):
        last = LINE_SO_FAR.sub("", ANSI.sub("", text).replace("\r\n", "\n"))
        sheets.listing(last.rstrip("\n"), shaded=False)
    else:
        sheets.listing(f"[not shown: {', '.join(data) or 'an empty output'}]", shaded=False)


def show_picture(sheets: Sheets, uri: str) -> bool:
    """Set a picture; tell whether it is one."""
    from PIL import UnidentifiedImageError

    with suppress(UnidentifiedImageError, OSError, ValueError):
        sheets.picture(base64.b64decode(uri.partition(",")[2]))
        return True
    return False


def show_text(sheets: Sheets, source: str, attachments: Attachments) -> None:
    """Set a text cell."""
    writer = Writer(sheets, attachments)
    for token in Parser().parse(shorten(source, SOURCE_LIMIT)):
        writer.take(token)


class Writer:
    """Sets the tokens of one text cell, one after another."""

    def __init__(self, sheets: Sheets, attachments: Attachments) -> None:
        self.sheets, self.attachments = sheets, attachments
        self.size, self.style, self.mark = TEXT, "", ""
        self.lists: list[str] = []
        self.rows: list[list[str]] = []

    def take(self, token: Token) -> None:
        """Set one token, or remember what it says of those to come."""
        kind = token.type
        if kind in OPENS or kind in CLOSES:
            self._indent(kind)
        elif kind == "heading_open":
            self.size, self.style = HEADINGS.get(token.tag, 10.0), "B"
        elif kind == "heading_close":
            self.size, self.style = TEXT, ""
        elif kind == "list_item_open":
            self.mark = f"{token.info}." if token.info else self.lists[-1]
        elif kind == "tr_open":
            self.rows.append([])
        elif kind == "table_close":
            self.sheets.grid(self.rows)
            self.rows = []
        elif kind == "inline":
            self._inline(token)
        elif kind in {"fence", "code_block", "html_block"}:
            self.sheets.listing(token.content.rstrip("\n"), shaded=True)
        elif kind in {"math_block", "amsmath"}:
            self.sheets.formula(token.content)

    def _indent(self, kind: str) -> None:
        if kind in OPENS:
            self.sheets.indent += STEP
            self.lists.append("•")
        else:
            self.sheets.indent -= STEP
            self.lists.pop()

    def _inline(self, token: Token) -> None:
        if self.rows:
            self.rows[-1].append("".join(child.content for child in token.children or []))
            return
        if self.size > TEXT:
            # A heading stands with what it is the heading of.
            self.sheets.keep(TOGETHER)
        pieces = list(self._pieces(token)) or plain_words(token.content, "B")
        self.sheets.words(pieces, self.size, self.mark)
        self.mark = ""

    def _pieces(self, token: Token) -> Iterator[Piece]:
        style, glued = self.style, False
        for child in token.children or []:
            if child.type in STYLES:
                style = STYLES[child.type] or self.style
            elif child.type in {"softbreak", "hardbreak"}:
                glued = False
            elif child.type == "image":
                self._picture(child)
            elif child.type.startswith("math_inline"):
                for line in lines_of(child.content):
                    yield typeset(line, self.size) or Word(line, "code", glued=glued)
                glued = True
            elif child.content:
                font = "code" if child.type == "code_inline" else "text"
                yield from plain_words(child.content, style, font, glued=glued)
                glued = not child.content[-1].isspace()

    def _picture(self, token: Token) -> None:
        address = str(token.attrGet("src") or "")
        kinds = self.attachments.get(unquote(address.removeprefix("attachment:")), {})
        kind, comma, content = address.removeprefix("data:").partition(";base64,")
        found = {**kinds, **({kind: content} if comma else {})}
        uris = (picture_uri(kind, content) for kind, content in found.items())
        if not any(uri and show_picture(self.sheets, uri) for uri in uris):
            self.sheets.listing("[picture not shown]", shaded=False)


def plain_words(
    text: str, style: str = "", font: str = "text", *, glued: bool = False
) -> list[Piece]:
    """Return the words of a text; `glued` ties the first to what stands before it."""
    first = glued and not text[:1].isspace()
    return [Word(word, font, style, first and not at) for at, word in enumerate(text.split())]
