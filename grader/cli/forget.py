"""`grader forget`: remove everything of one student from a folder of results, for good."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import course_option

if TYPE_CHECKING:
    from grader.forget.plan import Plan

ELSEWHERE = (
    "what was downloaded: the zip or folder of hand-ins; grading it again brings them back",
    "copies of this folder: backups, snapshots, other machines, other folders of results",
    "what has left it: pages and tables given out, the course site, files of other markers",
    "blocks of the disk that held deleted files, which a file system may keep for a while",
)


@click.command(name="forget")
@click.argument("student")
@click.argument(
    "graded",
    default=Path("graded"),
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="[GRADED]",
)
@click.option("--yes", is_flag=True, help="Do it; without this it is only told.")
@course_option
def command(student: str, graded: Path, yes: bool, course: Path | None) -> None:
    """Remove everything of STUDENT from the folder GRADED; it cannot be undone.

    Their hand-ins go, with results, pages, marks and the log of regrades. Hand-ins of a group stay
    with the others, without the name. Without --yes nothing is changed.

    \b
    Examples:
      grader forget "Ada Lovelace" graded
      grader forget ada@example.org graded --yes
    """
    from grader.forget.carry_out import forget
    from grader.forget.files import files_of
    from grader.forget.plan import plan_for
    from grader.reports.text import one_line
    from grader.results import Results
    from grader.settings import find_course

    home = find_course(course or Path.cwd())
    plan = plan_for(graded, student)
    tell(plan, [str(path.relative_to(graded)) for path in files_of(graded, plan)])
    if not yes:
        click.echo("Nothing was changed. --yes does it; it cannot be undone.")
        return
    done = forget(Results(home, graded), plan)
    click.echo(f"Forgotten. {len(done.files)} files were removed; tables and pages are made anew.")
    for sentence in done.look:
        click.echo(f"! {one_line(sentence)}", err=True)
    click.echo("Out of reach of this command, and for you to see to:")
    for place in ELSEWHERE:
        click.echo(f"  {place}")


def tell(plan: "Plan", files: list[str]) -> None:
    """Print what forgetting somebody means: hand-ins, the roster, and files that are removed."""
    from grader.forget.files import is_made
    from grader.reports.text import one_line

    click.echo(f"{one_line(plan.student.name)}:")
    for grade in plan.gone:
        click.echo(f"  {one_line(grade.submission)} ({grade.assignment}): removed")
    for grade, mates in plan.shared:
        key = (grade.assignment, grade.submission)
        called = f", from now on called {plan.renamed[key][1]}" if key in plan.renamed else ""
        names = " and ".join(mate.name for mate in mates)
        told = f"{grade.submission} ({grade.assignment}): stays with {names}{called}"
        click.echo(f"  {one_line(told)}")
    if plan.number is not None:
        click.echo("  their line on the roster, past names and teams: removed")
    for name in files:
        again = (
            "its command makes it again"
            if is_made(Path(name))
            else "what is of others is made anew"
        )
        click.echo(f"  {one_line(name)}: removed; {again}")
