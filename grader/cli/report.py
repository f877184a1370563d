"""`grader report`: the class at a glance, as one page with figures to act on."""

from pathlib import Path

import click

from grader.cli.options import course_option
from grader.errors import UsageError
from grader.model import Course


@click.command(name="report")
@click.argument(
    "graded",
    default=Path("graded"),
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="[GRADED_DIR]",
)
@click.option(
    "--names",
    "listed",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Who should have handed in: a name on each line; otherwise the roster.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where the page goes.")
@course_option
def command(graded: Path, listed: Path | None, out: Path | None, course: Path | None) -> None:
    """Write report.html about everything in GRADED_DIR: points, mistakes, outcomes, time.

    The page is one file that needs no network. It lies beside the feedback pages, and its tables
    link to them. Nothing is run.

    \b
    Examples:
      grader report graded
      grader report graded --names enrolled.txt
    """
    from grader.classreport.report import write_report

    if not (graded / "gradebook.sqlite").is_file():
        raise UsageError(f"{graded} holds no gradebook. Name the folder that `grader grade` wrote.")
    names = read_names(listed) if listed else []
    target = out or graded / "report.html"
    write_report(graded, target, known_course(course), names)
    click.echo(f"{target} written; readable by you alone.")


def read_names(file: Path) -> list[str]:
    """Return the names in a file, each once; raises `UsageError` if it is not text."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read as text in UTF-8 ({error}).") from error
    return list(dict.fromkeys(name for line in lines if (name := " ".join(line.split()))))


def known_course(folder: Path | None) -> Course | None:
    """Return the course, for its titles and limits; a report can do without."""
    from grader.settings import find_course

    try:
        return find_course(folder or Path.cwd())
    except UsageError:
        return None
