"""Figures as inline SVG: told apart by shape and label, coloured by the page's style alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

from markupsafe import Markup

NONE = Markup()
WIDTH = 640
# Where the plot begins, right of the labels; and where it ends, left of the numbers.
LEFT = 190
RIGHT = 570
ROW = 26
LABEL = 26


@dataclass(frozen=True)
class Frame:
    """What a screen reader says of a figure; `name` is unique on the page."""

    name: str
    title: str
    description: str


@dataclass(frozen=True)
class Bar:
    """A row: its label, its length, and the number as it is written behind the bar."""

    label: str
    value: float
    text: str


@dataclass(frozen=True)
class Dot:
    """Two numbers with their label; `low` and `high` bound `y`, and each may be unknown."""

    label: str
    x: float
    y: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Span:
    """A row from `low` over `middle` to `high`, on a scale of magnitudes."""

    label: str
    low: float
    middle: float
    high: float
    text: str


def bars(frame: Frame, rows: Sequence[Bar], most: float) -> Markup:
    """Return horizontal bars; `most` is as long as there is room."""
    parts = []
    for at, row in enumerate(rows):
        y = ROW * at
        length = _scaled(row.value, most) * (RIGHT - LEFT)
        parts += [
            _text(LEFT - 8, y + 17, _short(row.label), "end"),
            _rect(LEFT, y + 4, length, ROW - 8, "bar-fill"),
            _text(LEFT + length + 6, y + 17, row.text),
        ]
    parts.append(_line(LEFT, 0, LEFT, ROW * len(rows)))
    return _svg(frame, ROW * len(rows) + 4, parts)


def columns(
    frame: Frame, bins: Sequence[Bar], axis: str, marks: Sequence[tuple[float, str]]
) -> Markup:
    """Return a histogram; `marks` are vertical lines at parts of its width, with their words."""
    top, height, left = 34, 200, 40
    each = (WIDTH - left - 10) / max(1, len(bins))
    most = max((b.value for b in bins), default=0)
    parts = []
    for at, one in enumerate(bins):
        x, tall = left + each * at, _scaled(one.value, most) * (height - 20)
        parts.append(_rect(x + 1, top + height - tall, each - 2, tall, "bar-fill"))
        parts.append(_text(x + each / 2, top + height + 17, _short(one.label), "middle"))
        if one.value:
            parts.append(_text(x + each / 2, top + height - tall - 5, one.text, "middle"))
    for part, words in marks:
        x = left + each * len(bins) * part
        parts.append(_line(x, top - 12, x, top + height, "mark-line"))
        parts.append(_text(x, top - 18, words, "middle" if 0.1 < part < 0.9 else _side(part)))
    parts.append(_line(left, top + height, WIDTH - 10, top + height))
    parts.append(_text(WIDTH / 2, top + height + 38, axis, "middle", "soft"))
    return _svg(frame, top + height + 46, parts)


def stacked(
    frame: Frame, rows: Sequence[tuple[str, Sequence[float]]], series: Sequence[str]
) -> Markup:
    """Return rows cut into parts, each part with a fill and a pattern of its own, and a legend."""
    parts = []
    for number, name in enumerate(series):
        left, top = 10 + 210 * (number % 3), 22 * (number // 3)
        parts.append(_swatch(frame.name, left, top + 3, 16, 14, number))
        parts.append(_text(left + 22, top + 15, name))
    head = 22 * ceil(len(series) / 3) + 10
    for at, (label, values) in enumerate(rows):
        y, x, total = head + ROW * at, float(LEFT), sum(values) or 1
        parts.append(_text(LEFT - 8, y + 17, _short(label), "end"))
        for number, value in enumerate(values):
            length = value / total * (RIGHT - LEFT)
            if value:
                parts.append(_swatch(frame.name, x, y + 4, max(length - 1, 1), ROW - 8, number))
            x += length
        parts.append(_text(RIGHT + 6, y + 17, f"{values[0] / total:.0%}"))
    return _svg(frame, head + ROW * len(rows) + 4, parts, _patterns(frame.name, len(series)))


def items(frame: Frame, rows: Sequence[Dot], heads: tuple[str, str], line: float) -> Markup:
    """Return rows with a bar for x from 0 to 1, and beside it a point for y from -1 to 1."""
    middle, left, top = 350, 410, 24
    parts = [_text(LEFT, 12, heads[0], "start", "soft"), _text(left, 12, heads[1], "start", "soft")]

    def place(y: float) -> float:
        return left + (y + 1) / 2 * (WIDTH - 20 - left)

    bottom = top + ROW * len(rows)
    for tick in (-1.0, 0.0, 1.0):
        parts.append(_line(place(tick), top, place(tick), bottom, "grid"))
        parts.append(_text(place(tick), bottom + 15, f"{tick:g}", "middle", "soft"))
    parts.append(_line(place(line), top, place(line), bottom, "mark-line"))
    for at, row in enumerate(rows):
        y, length = top + ROW * at, _scaled(row.x, 1.0) * (middle - LEFT - 40)
        parts.append(_text(LEFT - 8, y + 17, _short(row.label), "end"))
        parts.append(_rect(LEFT, y + 4, length, ROW - 8, "bar-fill"))
        parts.append(_text(LEFT + length + 6, y + 17, f"{row.x:.0%}"))
        if row.y is None:
            parts.append(_text(place(0), y + 17, "cannot be told", "middle", "soft"))
            continue
        if row.low is not None and row.high is not None:
            parts.append(_line(place(row.low), y + 13, place(row.high), y + 13, "whisker"))
        parts.append(_dot(place(row.y), y + 13))
    parts.append(_line(LEFT, top, LEFT, bottom))
    return _svg(frame, bottom + 22, parts)


def spans(frame: Frame, rows: Sequence[Span], limit: float | None = None) -> Markup:
    """Return rows from low to high seconds with a dot in between; `limit` is a vertical line."""
    values = [v for row in rows for v in (row.low, row.high) if v > 0] + ([limit] if limit else [])
    first = 10.0 ** int(log10(min(values, default=0.01)) - 1)
    last = max(values, default=1.0) * 1.1

    def place(seconds: float) -> float:
        part = log10(max(seconds, first) / first) / log10(last / first)
        return LEFT + part * (RIGHT - 60 - LEFT)

    parts = []
    for at, row in enumerate(rows):
        y = ROW * at + 13
        parts += [
            _text(LEFT - 8, y + 4, _short(row.label), "end"),
            _line(place(row.low), y, place(row.high), y, "whisker"),
            _dot(place(row.middle), y),
            _text(place(row.high) + 8, y + 4, row.text),
        ]
    bottom = ROW * len(rows)
    if limit:
        parts.append(_line(place(limit), 0, place(limit), bottom, "mark-line"))
        parts.append(_text(place(limit), bottom + 15, f"limit {limit:g} s", "middle", "soft"))
    parts.append(_text(LEFT, bottom + 15, f"{first:g} s, then tenfold steps", "start", "soft"))
    return _svg(frame, bottom + 22, parts)


def _svg(frame: Frame, height: float, parts: Sequence[Markup], before: Markup = NONE) -> Markup:
    name = frame.name
    opening = Markup(
        '<svg class="chart" viewBox="0 0 {w} {h:.0f}" role="img" aria-labelledby="{n}-t {n}-d">'
        '<title id="{n}-t">{title}</title><desc id="{n}-d">{desc}</desc>'
    ).format(w=WIDTH, h=height, n=name, title=frame.title, desc=frame.description)
    return opening + before + NONE.join(parts) + Markup("</svg>")


def _patterns(name: str, count: int) -> Markup:
    """Return hatches, laid over every second fill so that neighbours differ without any colour."""
    hatch = Markup(
        '<pattern id="{}-hatch-{}" width="6" height="6" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate({})"><path d="M0 0V6" class="hatch"/></pattern>'
    )
    found = (hatch.format(name, at, 45 * (at // 2) + 30) for at in range(1, count, 2))
    return Markup("<defs>") + NONE.join(found) + Markup("</defs>")


def _swatch(name: str, x: float, y: float, width: float, height: float, number: int) -> Markup:
    filled = _rect(x, y, width, height, f"fill-{number}")
    if number % 2 == 0:
        return filled
    over = Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="url(#{}-hatch-{})"/>'
    )
    return filled + over.format(x, y, width, height, name, number)


def _dot(x: float, y: float) -> Markup:
    return Markup('<circle class="bar-fill" cx="{:.1f}" cy="{:.1f}" r="5"/>').format(x, y)


def _rect(x: float, y: float, width: float, height: float, kind: str) -> Markup:
    return Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
        kind, x, y, width, height
    )


def _line(x1: float, y1: float, x2: float, y2: float, kind: str = "axis") -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(
        kind, x1, y1, x2, y2
    )


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        kind, x, y, anchor, words
    )


def _short(label: str) -> str:
    """Return a label, or the beginning of one that is too long for its place."""
    return label if len(label) <= LABEL else f"{label[: LABEL - 1]}…"


def _scaled(value: float, most: float) -> float:
    return min(max(value / most, 0.0), 1.0) if most > 0 else 0.0


def _side(part: float) -> str:
    return "start" if part <= 0.1 else "end"
