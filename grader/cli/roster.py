"""`grader roster`: who takes part, in which team, and who has not handed in."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from grader.cli.options import as_of_option, course_option
from grader.errors import UsageError


@click.command(name="roster")
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--graded",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("graded"),
    show_default=True,
    help="The folder whose gradebook keeps the roster.",
)
@click.option("--teams", default="", metavar="COLUMN", help="The column of who works with whom.")
@click.option("--missing", is_flag=True, help="List who has not handed in, by assignment.")
@click.option("--assignment", metavar="NN_TOPIC", help="Only this one, for --missing.")
@as_of_option
@course_option
def command(
    file: Path | None,
    graded: Path,
    teams: str,
    missing: bool,
    assignment: str | None,
    as_of: datetime | None,
    course: Path | None,
) -> None:
    """Take over the roster in FILE, or print the one that is kept.

    FILE is Moodle's grading worksheet, Canvas's grade book, Gradescope's roster, or any CSV file
    with the columns Name, Account and Email. A later file brings the roster up to date as of
    --as-of: new names, new teams, people who have come or left. Past names and teams are kept with
    their times, and the team at the time of a hand-in counts.

    \b
    Examples:
      grader roster worksheet.csv
      grader roster people.csv --teams Team --as-of 2026-11-02
      grader roster --missing --assignment 05_flow
    """
    from grader.cli.options import moment_of
    from grader.settings import find_course

    home = find_course(course or Path.cwd())
    if file is not None:
        take_over(file, graded, teams, moment_of(home, as_of) if as_of else datetime.now(UTC))
    elif missing:
        list_missing(home.root, graded, assignment)
    else:
        list_all(graded)
    sys.exit(0)


def take_over(file: Path, graded: Path, teams: str, at: datetime) -> None:
    """Bring the kept roster up to a file and say what is new."""
    from grader.exports.rosters import read_roster
    from grader.store.gradebook import Gradebook

    found = read_roster(file.read_bytes(), where=str(file), teams=teams)
    # It may come before the first hand-in.
    graded.mkdir(mode=0o700, parents=True, exist_ok=True)
    with Gradebook(graded / "gradebook.sqlite") as book:
        people = [(listed.person, listed.team) for listed in found.people]
        news = book.roster.take_over(found.site, people, at)
    for words, names in (
        ("new", news.joined),
        ("called otherwise now", news.renamed),
        ("in another team now", news.moved),
        ("not on the list any more", news.left),
    ):
        if names:
            print_names(f"{len(names)} {words}:", names)
    click.echo(f"{len(found.people)} people are on the roster.")


def list_all(graded: Path) -> None:
    """Print everybody with account, team and past names."""
    from grader.classmarks import open_books

    students = open_books([graded]).roster
    if not students:
        raise UsageError("There is no roster yet: `grader roster FILE` takes one over.")
    for student in students:
        past = f", was {', '.join(student.other_names)}" if student.other_names else ""
        told = (student.person.account, student.person.email, student.team_at(None))
        left = " (left)" if student.left else ""
        print_names("", [" · ".join(filter(None, (student.name + left, *told))) + past])


def list_missing(root: Path, graded: Path, assignment: str | None) -> None:
    """Print who has handed nothing in, for each assignment that somebody has handed in."""
    from grader.classlist import owners
    from grader.classmarks import open_books
    from grader.policy.load import load_policy
    from grader.settings import load_course

    book = open_books([graded])
    if not book.roster:
        raise UsageError("Without a roster nobody is missed: give one to `grader roster FILE`.")
    zone = load_policy(load_course(root)).zone
    found = owners(book.roster, book.grades, zone)
    names = sorted({grade.assignment for grade in book.grades} | {assignment or ""} - {""})
    for name in names:
        if assignment in {None, name}:
            there = {key for key, own in found.of.items() if name in dict(own)}
            gone = [s.name for s in book.roster if s.key not in there and not s.left]
            print_names(f"{name}: {len(gone)} of {len(book.roster)} without a hand-in", gone)
    for problem in found.problems:
        print_names("", [f"! {problem}"])


def print_names(head: str, names: Iterable[str]) -> None:
    """Print names below each other; none of them can leave its line."""
    from grader.reports.text import one_line

    if head:
        click.echo(head)
    for name in names:
        click.echo(f"  {one_line(name)}" if head else one_line(name))
