"""`grader certify`: try the checks on right variants, known mistakes and mutants."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import course_option, existing_assignment, output_file

if TYPE_CHECKING:
    from grader.certify.certificate import Certificate


@click.command(name="certify")
@click.argument("assignments", nargs=-1)
@click.option("--jobs", type=click.IntRange(1), help="Programs at a time; one per core.")
@click.option("--quick", is_flag=True, help="Variants and mistakes only, no mutants.")
@click.option("--afresh", is_flag=True, help="Try everything again, also what did not change.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path),
    callback=output_file,
    help="Write results here.",
)
@click.option(
    "--page",
    type=click.Path(path_type=Path),
    callback=output_file,
    help="Write a Markdown page here.",
)
@course_option
def command(
    assignments: tuple[str, ...],
    jobs: int | None,
    quick: bool,
    afresh: bool,
    json_file: Path | None,
    page: Path | None,
    course: Path | None,
) -> None:
    """Prove the checks of ASSIGNMENTS, or of all.

    Every right variant must earn full points, every known mistake lose its own through the check
    that was written for it, and nearly every mutant of the reference lose some. Exits with 1 when
    anything falls short.

    \b
    Examples:
      grader certify 05_flow
      grader certify --quick
      grader certify --json certificate.json --page docs/certificate.md
    """
    from grader.certify import show
    from grader.certify.run import Options, certify
    from grader.processes.launch import Processes
    from grader.settings import find_course

    home = find_course(course or Path.cwd())
    named = map(partial(existing_assignment, home), assignments or [None])
    chosen = [assignment for assignment in named if assignment is not None]
    options = Options(jobs or os.cpu_count() or 1, quick, afresh, home.root / ".grader")
    found = []
    with Processes([home.root]) as processes:
        for assignment in chosen or home.assignments:
            with counting(assignment.name) as tell:
                found.append(certify(processes, assignment, options, tell))
            print_certificate(found[-1])
    if json_file is not None:
        json_file.write_text(show.document(found), encoding="utf-8")
    if page is not None:
        page.write_text(show.page(found), encoding="utf-8")
    if any(certificate.problems for certificate in found):
        raise SystemExit(1)


@contextmanager
def counting(name: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that shows how far one is; on a terminal only."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def print_certificate(certificate: "Certificate") -> None:
    """Print the table of one assignment, what falls short, and which mutants survive."""
    from rich.console import Console
    from rich.table import Table

    from grader.certify import show

    table = Table(title=certificate.assignment, box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(show.HEAD):
        table.add_column(name, justify="right" if number else "left", no_wrap=True)
    for row in certificate.rows:
        table.add_row(*show.cells(row))
    table.add_row(*show.total(certificate), style="bold")
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    for line in show.survivors(certificate):
        click.echo(f"  survives: {line}")
    for line in show.twins(certificate):
        click.echo(f"  not told apart: {line}")
    for problem in certificate.problems:
        click.echo(f"! {problem}")
    click.echo("" if certificate.problems else f"{certificate.assignment}: certified.")
