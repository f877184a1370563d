"""How wide a formula becomes: estimated from its MathML, rather too wide than too narrow."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from xml.etree import ElementTree as ET

# In ems of the text: what a sheet of A4 holds, less the indent of a list in a quotation.
SHEET = 44.0
# By how much a formula is made smaller on paper, in percent; below that its TeX is printed.
SIZES = (100, 92, 85, 78, 71, 65, 59, 54, 49, 45, 41, 37, 34)

NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\w+);)\w+;")
EMS = re.compile(r"(-?\d*\.?\d+)(r?)em$")
SCRIPT = 0.75
BAR = 0.25
ROOT = 1.1
COLUMN = 0.8

NARROW, WIDE = frozenset("fijlrtI.,;:!|'′()[]{}⟨⟩⌈⌉⌊⌋ "), frozenset("mwMW")
# Operators with space on both sides, and those that are wide by themselves.
SPACED = frozenset("+-−±∓×·⋅∗*∘∙⊕⊗⊙∩∪∧∨∖=≠<>≤≥≪≫≈≡∼≃≅∝∈∉∋⊂⊃⊆⊇∣∥⊥→←↔⇒⇐⇔↦⟶⟵⟹⟺⟼:≔")
BROAD = frozenset("∑∏∐∫∮⋃⋂⨁⨂⟶⟵⟹⟺⟼⋯…")
ARROWS = frozenset("→←↔⇒⇐⇔↦")
SPACE, THIN = 0.56, 0.2

Width = Callable[[ET.Element, bool], float]


# TRAP: a stranger's formula may be 50,000 characters of MathML, so few are kept.
@lru_cache(maxsize=512)
def size(mathml: str) -> int:
    """Return how large a formula may be on paper, in percent of the text; 0 if it never fits."""
    try:
        ems = width(mathml)
    except (ET.ParseError, RecursionError):
        # Hundreds of roots in each other are short as TeX.
        return 0
    return next((percent for percent in SIZES if ems * percent <= 100 * SHEET), 0)


def width(mathml: str) -> float:
    """Return the width of a formula in ems of the text around it."""
    root = ET.fromstring(NAMED.sub("", mathml))  # noqa: S314
    return _width(root, root.get("display") == "block")


def _width(element: ET.Element, display: bool) -> float:
    if style := element.get("displaystyle"):
        display = style == "true"
    return WIDTHS.get(element.tag, _row)(element, display)


def _row(element: Iterable[ET.Element], display: bool) -> float:
    return sum(_width(part, display) for part in element)


def _letters(element: ET.Element, display: bool) -> float:
    return sum(map(_letter, element.text or ""))


def _letter(letter: str) -> float:
    if unicodedata.category(letter) in {"Cf", "Mn"}:
        return 0.0
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return 1.1
    plain = unicodedata.normalize("NFKC", letter)
    if plain in NARROW:
        return 0.42
    return 1.15 if plain in WIDE else 0.9 if plain.isupper() else 0.68


def _operator(element: ET.Element, display: bool) -> float:
    text = element.text or ""
    broad = 1.5 if display else 1.1
    glyphs = sum(broad if letter in BROAD else _letter(letter) for letter in text)
    sides = [_ems(element.get(side)) for side in ("lspace", "rspace")]
    usual = SPACE / 2 if SPACED.intersection(text) else THIN / 2
    wider = 0.2 * bool(SPACED.intersection(text)) + 0.2 * bool(ARROWS.intersection(text))
    return glyphs + wider + sum(usual if side is None else side for side in sides)


def _space(element: ET.Element, display: bool) -> float:
    return _ems(element.get("width")) or 0.0


def _ems(text: str | None) -> float | None:
    if text is None:
        return None
    found = EMS.match(text)
    # Those of the root do not shrink with the page's text.
    return float(found[1]) * (1.2 if found[2] else 1) if found else 0.0


def _beside(element: ET.Element, display: bool) -> float:
    base, *scripts = element
    return _width(base, display) + SCRIPT * max(_width(s, False) for s in scripts) + 0.1


def _above(element: ET.Element, display: bool) -> float:
    base, *scripts = element
    if not display and "accent" not in element.attrib:
        # Limits stand beside a sum that is set in a line.
        return _beside(element, display)
    return max(_width(base, display), *(SCRIPT * _width(script, False) for script in scripts))


def _fraction(element: ET.Element, display: bool) -> float:
    return max(_width(p, False) for p in element) * (1 if display else SCRIPT) + BAR


def _root(element: ET.Element, display: bool) -> float:
    return _row(element, display) + ROOT


def _table(element: ET.Element, display: bool) -> float:
    rows: Sequence[ET.Element] = element.findall("mtr")
    columns = max((len(row) for row in rows), default=0)
    widest = (
        max(_width(row[at], display) for row in rows if at < len(row)) for at in range(columns)
    )
    return sum(widest) + COLUMN * columns


WIDTHS: dict[str, Width] = {
    "mi": _letters, "mn": _letters, "mtext": _letters, "ms": _letters, "mo": _operator,
    "mspace": _space, "msub": _beside, "msup": _beside, "msubsup": _beside, "munder": _above,
    "mover": _above, "munderover": _above, "mfrac": _fraction, "msqrt": _root, "mroot": _root,
    "mtable": _table,
}  # fmt: skip
