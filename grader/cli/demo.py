"""`grader demo`: a made-up cohort, graded end to end."""

import os
import shutil
from pathlib import Path

import click

from grader.cli.options import course_option
from grader.model import Level


@click.command(name="demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("grader-demo"),
    show_default=True,
    help="Where everything goes; emptied first.",
)
@course_option
def command(out: Path, course: Path | None) -> None:
    """Grade a made-up cohort of the flow assignment, and leave pages to open.

    The hand-ins are right in different ways, wrong in known ways, blank, broken, hanging and
    cheating; each is told about when it is done.

    \b
    Example:
      grader demo --out /tmp/demo
    """
    from grader.classreport.report import write_report
    from grader.cli.grade import grade_paths
    from grader.cli.running import How
    from grader.cohort import COHORT
    from grader.demo import ASSIGNMENT, write_cohort
    from grader.settings import find_course
    from grader.store.layout import page_of

    home = find_course(course or Path.cwd())
    for folder in ("hand-ins", "graded"):
        shutil.rmtree(out / folder, ignore_errors=True)
    write_cohort(home, COHORT, out / "hand-ins")
    click.echo(f"{len(COHORT)} made-up hand-ins of {ASSIGNMENT} in {out / 'hand-ins'}:")
    for actor in COHORT:
        click.echo(f"  {actor.name:20} {actor.story}")
    results = out / "graded"
    how = How(os.cpu_count() or 1, Level.limits)
    grade_paths(home, (out / "hand-ins",), results, how)
    write_report(results, results / "report.html", home)
    click.echo("Open, for instance:")
    click.echo(f"  {(results / 'report.html').resolve()}")
    for name in ("girault_haas", "iyer_jansen", "tanaka_ude"):
        click.echo(f"  {(results / page_of(ASSIGNMENT, name)).resolve()}")
