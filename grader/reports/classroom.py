"""The page about a class: each figure says what it shows, what to do, and who is behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.reports.svg import NONE


@dataclass(frozen=True)
class Link:
    """A hand-in by name, and its feedback page from where the report lies."""

    name: str
    page: str


@dataclass(frozen=True)
class Row:
    """A line of the table under a figure: its cells, and the hand-ins that it counts.

    `left_out` are further hand-ins that are not listed.
    """

    cells: tuple[str, ...]
    links: tuple[Link, ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class Figure:
    """A figure: what it shows, what to do about it, and the same as a table.

    `links` is the heading over the hand-ins, or empty where no line has any.
    """

    title: str
    says: str
    advice: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    svg: Markup = NONE
    links: str = ""
    small: str = ""


@dataclass(frozen=True)
class Section:
    """One assignment: the numbers at its head, and its figures."""

    title: str
    facts: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...]


def class_page(title: str, sections: Sequence[Section]) -> str:
    """Return the report on a class as one self-contained HTML file."""
    # TRAP: nbconvert takes 0.4 s to import, so it must wait until a page is wanted.
    from grader.reports.page import make_page

    return make_page("class", title, [], sections=sections)
