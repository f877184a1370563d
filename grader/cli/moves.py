"""What a regrade would change, as a table: who moves, by how much, through which check."""

import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.reports.text import one_line
from grader.scoring import decimal

if TYPE_CHECKING:
    from grader.regrade import Change

HEAD = ("submission", "members", "exercise", "check", "before → after", "points")
WIDTHS = (30, 40, 24, 24, 40, 10)
PIPE_WIDTH = 180


def print_changes(changes: Sequence["Change"], graded: int) -> None:
    """Print one line per check that ends differently, and how many of `graded` move."""
    rows = [row for change in changes for row in rows_of(change)]
    if rows:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name, width in zip(HEAD, WIDTHS, strict=True):
            table.add_column(name, no_wrap=True, max_width=width)
        for row in rows:
            table.add_row(*(escape(one_line(cell)) for cell in row))
        Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH).print(table)
    print(summary([change.points for change in changes], graded))


def rows_of(change: "Change") -> Iterator[tuple[str, ...]]:
    """Yield the lines of one submission; its name stands on the first."""
    who = (change.after.submission, ", ".join(change.after.members))
    for move in change.moves():
        points = "" if move.points is None else signed(move.points)
        yield (*who, move.exercise, move.check, f"{move.before} → {move.after}", points)
        who = ("", "")


def summary(points: Sequence[Fraction], graded: int) -> str:
    """Return how many move up and down, and by how much together."""
    up, down = [p for p in points if p > 0], [p for p in points if p < 0]
    same = len(points) - len(up) - len(down)
    words = [
        f"{len(up)} of {graded} {'moves' if len(up) == 1 else 'move'} up ({signed(sum(up))})",
        f"{len(down)} {'moves' if len(down) == 1 else 'move'} down ({signed(sum(down))})",
    ]
    if same:
        words.append(f"{same} {'keeps' if same == 1 else 'keep'} the points, with other results")
    return ", ".join(words) + "."


def signed(points: Fraction | int) -> str:
    """Return a difference of points with its sign."""
    exact = Fraction(points)
    return f"{'−' if exact < 0 else '+'}{decimal(abs(exact)):g}"
