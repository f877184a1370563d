"""`grader similar`: which hand-ins are more alike than chance makes them, to be asked about."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import course_option, existing_assignment
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.comparing.compare import Comparison

# Lines on the terminal for each assignment; the page has the rest.
SHOWN = 10


@click.command(name="similar")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--with",
    "earlier",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="FOLDER",
    help="Hand-ins of an earlier year to compare with, too; may be given again.",
)
@click.option("--assignment", metavar="NN_TOPIC", help="Only this one; otherwise all there are.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where the page goes.")
@course_option
def command(
    paths: tuple[Path, ...],
    earlier: tuple[Path, ...],
    assignment: str | None,
    out: Path | None,
    course: Path | None,
) -> None:
    """Rank pairs of hand-ins by how much they share, and write similar.html.

    PATHS are a folder of results (`graded` unless you name others), or hand-ins: notebooks,
    folders, zips. Names, order and layout of code do not count, nor does what was handed out. The
    page shows what is shared side by side. Similarity is a question, not a verdict.

    \b
    Examples:
      grader similar graded
      grader similar graded --with ../2024/graded --with ../2023/hand-ins
      grader similar hand-ins.zip --assignment 05_flow --out similar.html
    """
    from grader.comparing.compare import compare
    from grader.comparing.entries import BOOK, Collection
    from grader.comparing.show import page_of
    from grader.results import write_for_owner
    from grader.settings import find_course

    home = find_course(course or Path.cwd())
    given = paths or (Path("graded"),)
    chosen = existing_assignment(home, assignment)
    with Collection(home, chosen) as collection:
        for path in given:
            collection.add(path)
        for path in earlier:
            collection.add(path, str(path))
        comparisons = [
            compare(known, collection.entries[known.name])
            for known in home.assignments
            if sum(not entry.year for entry in collection.entries.get(known.name, ()))
        ]
        if not comparisons:
            raise UsageError(f"No hand-ins to compare in {', '.join(map(str, given))}.")
        folder = given[0] if (given[0] / BOOK).is_file() else Path()
        target = out or folder / "similar.html"
        write_for_owner(target, page_of(comparisons, collection.problems))
    for comparison in comparisons:
        tell(comparison)
    for problem in collection.problems:
        say(f"! not compared: {problem}")
    click.echo(f"{target} written; readable by you alone.")
    sys.exit(1 if collection.problems else 0)


def tell(found: "Comparison") -> None:
    """Print the first pairs of an assignment."""
    out = [pair for pair in found.pairs if pair.stands_out]
    click.echo(
        f"{found.assignment.name}: {len(found.entries)} hand-ins, {len(out)} pairs stand out."
    )
    for pair in out[:SHOWN]:
        names = [e.name + (f" in {e.year}" if e.year else "") for e in (pair.left, pair.right)]
        say(f"  code {pair.code:4.0%}  words {pair.words:4.0%}  {names[0]} and {names[1]}")
    if len(out) > SHOWN:
        click.echo(f"  {len(out) - SHOWN} more are on the page.")


def say(text: str) -> None:
    """Print a line in which strangers' names cannot leave it."""
    from grader.reports.text import one_line

    indent = text[: len(text) - len(text.lstrip())]
    click.echo(indent + one_line(text))
