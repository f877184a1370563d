"""Sheets of paper that are filled from top to bottom: words, code, pictures, formulas."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fpdf import FPDF

from grader.reports.mathtext import Formula, lines_of, typeset

FONTS = {
    ("text", ""): "DejaVuSans",
    ("text", "B"): "DejaVuSans-Bold",
    ("text", "I"): "DejaVuSans-Oblique",
    ("code", ""): "DejaVuSansMono",
}
MARGIN = 16.0
POINT = 25.4 / 72
PIXEL = 25.4 / 96
TEXT, CODE = 9.5, 7.5
LEADING = 1.45
SHADE, INK, SOFT = 243, 28, 110
TALLEST = 230.0


@dataclass(frozen=True)
class Word:
    """A piece of text without a blank in it; `style` is B, I or empty, `font` text or code."""

    text: str
    font: str = "text"
    style: str = ""
    glued: bool = False


Piece = Word | Formula


class Sheets(FPDF):
    """A document of A4 sheets, with the fonts that come with matplotlib."""

    def __init__(self) -> None:
        super().__init__(format="A4")
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=18)
        folder = fonts_folder()
        for (family, style), name in FONTS.items():
            self.add_font(family, style, folder / f"{name}.ttf")
        self.known = {f: set(self.fonts[f].cmap) for f in ("text", "code")}  # type: ignore[union-attr]
        self.indent = 0.0
        self.add_page()

    def footer(self) -> None:
        """Number the sheet; called by fpdf at the end of each."""
        self.set_y(-12)
        self._use("text", "", 7.5)
        self.cell(0, 4, f"{self.page_no()} / {{nb}}", align="C")

    def words(self, pieces: Sequence[Piece], size: float = TEXT, mark: str = "") -> None:
        """Fill lines with words and small formulas; `mark` stands before the first."""
        room = self.epw - self.indent
        line: list[tuple[Piece, float]] = []
        used = 0.0
        blank = size * 0.3 * POINT
        for piece in self._broken(pieces, size, room):
            width = self._width(piece, size)
            gap = 0.0 if not line or (isinstance(piece, Word) and piece.glued) else blank
            if line and used + gap + width > room:
                self._line(line, size, mark)
                line, used, gap, mark = [], 0.0, 0.0, ""
            line.append((piece, used + gap))
            used += gap + width
        if line:
            self._line(line, size, mark)
        self.ln(size * POINT * 0.5)

    def listing(self, text: str, *, shaded: bool) -> None:
        """Set lines of code or of output; long ones go on below, at the same place."""
        self._use("code", "", CODE)
        self.set_fill_color(SHADE)
        height = CODE * POINT * 1.35
        room = max(8, int((self.epw - self.indent - 4) / self.get_string_width("m")))
        for line in text.expandtabs(4).splitlines() or [""]:
            legible = self.legible(line, "code")
            for at in range(0, max(1, len(legible)), room):
                self.set_x(self.l_margin + self.indent)
                self.cell(
                    self.epw - self.indent, height, f" {legible[at : at + room]}", fill=shaded,
                    new_x="LMARGIN", new_y="NEXT",
                )  # fmt: skip
        self.ln(2)

    def grid(self, rows: Sequence[Sequence[str]]) -> None:
        """Set a table of plain text; its first row is the head."""
        self._use("text", "", TEXT * 0.9)
        with self.table(
            borders_layout="HORIZONTAL_LINES", text_align="LEFT", line_height=TEXT * POINT * LEADING
        ) as table:
            for cells in rows:
                row = table.row()
                for cell in cells:
                    row.cell(self.legible(cell, "text"))
        self.ln(2)

    def picture(self, data: bytes) -> None:
        """Set a picture in its own size, smaller where it would not fit."""
        from PIL import Image

        with Image.open(io.BytesIO(data)) as opened:
            width, height = (side * PIXEL for side in opened.size)
        scale = min(1.0, (self.epw - self.indent) / width, TALLEST / height)
        self.keep(height * scale)
        self.image(io.BytesIO(data), x=self.l_margin + self.indent, w=width * scale)
        self.ln(2)

    def formula(self, tex: str, size: float = TEXT * 1.1) -> None:
        """Set a formula on lines of its own, in the middle; as TeX where that is not possible."""
        found = [typeset(line, size) for line in lines_of(tex)]
        if not found or any(formula is None for formula in found):
            self.listing(tex.strip(), shaded=True)
            return
        for formula in filter(None, found):
            scale = min(1.0, self.epw / (formula.width * POINT))
            width, height = formula.width * POINT * scale, formula.height * POINT * scale
            self.keep(height + 2)
            left = self.l_margin + max(0.0, (self.epw - width) / 2)
            self.image(io.BytesIO(formula.png), x=left, w=width, h=height)
            self.ln(1.5)
        self.ln(1)

    def legible(self, text: str, font: str) -> str:
        """Return text with each character that no font here has spelt out as its number."""
        known = self.known[font]
        return "".join(
            c
            if ord(c) in known
            else f"[U+{ord(c):04X}]"
            if c.isprintable() or ord(c) > 0x9F
            else ""
            for c in text
        )

    def _use(self, font: str, style: str, size: float) -> None:
        self.set_text_color(SOFT if size < CODE else INK)
        self.set_font(font, style if (font, style) in FONTS else "", size)

    def _width(self, piece: Piece, size: float) -> float:
        if isinstance(piece, Formula):
            return piece.width * POINT
        self._use(piece.font, piece.style, size if piece.font == "text" else size * 0.9)
        return float(self.get_string_width(piece.text))

    def _broken(self, pieces: Iterable[Piece], size: float, room: float) -> Iterable[Piece]:
        """Yield the pieces: words wider than a line are cut at its end, formulas made smaller."""
        for piece in pieces:
            if isinstance(piece, Formula):
                yield piece.scaled(min(1.0, room / (piece.width * POINT)))
                continue
            rest, glued = self.legible(piece.text, piece.font), piece.glued
            while rest:
                keep = len(rest)
                while (
                    keep > 1
                    and self._width(Word(rest[:keep], piece.font, piece.style), size) > room
                ):
                    keep = min(keep - 1, int(keep * 0.8))
                yield Word(rest[:keep], piece.font, piece.style, glued)
                rest, glued = rest[keep:], True

    def _line(self, line: Sequence[tuple[Piece, float]], size: float, mark: str) -> None:
        formulas = [piece for piece, _ in line if isinstance(piece, Formula)]
        up = max([size * 0.95, *(f.height - f.depth for f in formulas)]) * POINT
        down = max([size * 0.35, *(f.depth for f in formulas)]) * POINT
        self.keep(up + down)
        base, left = self.get_y() + up, self.l_margin + self.indent
        if mark:
            self._use("text", "", size)
            self.text(left - self.get_string_width(mark) - 1.5, base, mark)
        for piece, at in line:
            if isinstance(piece, Formula):
                top = base - (piece.height - piece.depth) * POINT
                width, height = piece.width * POINT, piece.height * POINT
                self.image(io.BytesIO(piece.png), x=left + at, y=top, w=width, h=height)
            else:
                self._width(piece, size)
                self.text(left + at, base, piece.text)
        self.set_xy(self.l_margin, base + down + size * POINT * (LEADING - 1.3))

    def keep(self, height: float) -> None:
        """Begin a new sheet where less than a height, in mm, is left on this one."""
        if self.get_y() + height > self.h - self.b_margin:
            self.add_page()


def fonts_folder() -> Path:
    """Return where matplotlib keeps the fonts that it brings."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"
