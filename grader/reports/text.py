"""Text from strangers: how much of it is shown, and in which form."""

import re
from fractions import Fraction

from markupsafe import Markup, escape

PROSE_LIMIT = 4_000
CODE_SPAN = re.compile(r"`([^`\n]+)`")
CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f"
BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
SURROGATE = "\ud800-\udfff"
UNSAFE = re.compile(f"[{CONTROL}{BIDI}{SURROGATE}]")


def presentable(page: str) -> str:
    """Return a page without control characters and with every reordering mark spelt out.

    Applied to the finished page, so that no field can be forgotten. Lone surrogates go too: with
    one of them the page could not be written as UTF-8.
    """
    return UNSAFE.sub(_spelt_out, page)


def _spelt_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0xA0:
        return ""
    return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= code < 0xE000 else f"[U+{code:04X}]"


def one_line(text: str) -> str:
    """Return text as one line of a terminal or a file, which it cannot leave."""
    return presentable(" ".join(text.split()))


def shorten(text: str, limit: int, *, keep_end: bool = False) -> str:
    """Return a text that fits a limit, with a sentence where the rest was."""
    if len(text) <= limit:
        return text
    said = f"[{len(text) - limit:,} characters more are not shown here]"
    return f"{said}\n{text[-limit:]}" if keep_end else f"{text[:limit]}\n{said}"


def prose(text: str) -> Markup:
    """Return a sentence as HTML: escaped, with what stands in backticks set as code."""
    # TRAP: substituting in a Markup would escape the tags put in.
    escaped = str(escape(shorten(text, PROSE_LIMIT)))
    return Markup(CODE_SPAN.sub(r"<code>\1</code>", escaped))  # noqa: S704


def decimal(points: Fraction) -> str:
    """Return points as a decimal without trailing zeros."""
    return format(float(points), ".3f").rstrip("0").rstrip(".")


def counted(points: Fraction) -> str:
    """Return points with their unit, such as "1 point"."""
    return f"{decimal(points)} {'point' if points == 1 else 'points'}"
