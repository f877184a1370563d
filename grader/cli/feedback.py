"""`grader feedback`: the pages for students, as they may see them at a time."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import as_of_option, course_option
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.feedback import Page
    from grader.roster import Student

SITES = {
    "gradescope": "Gradescope takes no pages: `grader export gradescope` has what students see.",
    "canvas": "Canvas takes files back only under the names it gave them, which are not kept. Give "
    "the pages out one by one, or the points with `grader export canvas`.",
}


@click.command(name="feedback")
@click.argument(
    "graded",
    default=Path("graded"),
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="[GRADED]",
)
@click.option("--assignment", metavar="NN_TOPIC", help="Only the pages of this one.")
@click.option("--preview", metavar="STUDENT", help="Only the pages of one student; prints where.")
@click.option(
    "--zip", "site", type=click.Choice(["moodle", *SITES]), help="Pack them for a course site, too."
)
@as_of_option
@course_option
def command(
    graded: Path,
    assignment: str | None,
    preview: str | None,
    site: str | None,
    as_of: datetime | None,
    course: Path | None,
) -> None:
    """Write a page for each student of GRADED and each assignment: results, marks and comments.

    What they hold and when stands under [feedback] in course.toml; nothing beyond it is anywhere in
    the files. --as-of writes them as they will be at another time.

    \b
    Examples:
      grader feedback graded --preview "Ada Lovelace"
      grader feedback graded --assignment 05_flow --zip moodle
    """
    from grader.classmarks import class_marks, open_books
    from grader.cli.options import existing_assignment, moment_of
    from grader.feedback import pages, write_pages
    from grader.results import Results
    from grader.settings import find_course

    if site in SITES:
        raise UsageError(SITES[site])
    home = find_course(course or Path.cwd())
    existing_assignment(home, assignment)
    now = moment_of(home, as_of)
    found = class_marks(home, open_books([graded]), now)
    wanted: list[Student] = [found.find(preview)] if preview else found.students()
    with Results(home, graded) as results:
        made = [
            page
            for page in pages(results, found, now, wanted)
            if assignment in {None, page.assignment}
        ]
        files = write_pages(results, made, anew=preview is None and assignment is None)
    if preview:
        for file in files:
            click.echo(str(file))
    click.echo(f"{len(files)} {'page' if len(files) == 1 else 'pages'} written.")
    unpacked = pack(made, graded) if site else []
    for name in unpacked:
        click.echo(f"! {name} has no number of Moodle's: not in the zip.", err=True)
    sys.exit(1 if unpacked else 0)


def pack(made: list["Page"], graded: Path) -> list[str]:
    """Write a zip for each assignment; returns who could not be put into it."""
    from grader.exports.pages import moodle_zip
    from grader.reports.text import one_line

    left = set()
    for assignment in sorted({page.assignment for page in made}):
        own = [page for page in made if page.assignment == assignment]
        placed = [page for page in own if page.student.site == "moodle" and page.student.person.id]
        left |= {page.student.name for page in own if page not in placed}
        parts = [(page.student.person, f"{assignment}.html", page.html) for page in placed]
        target = graded / f"feedback-moodle-{assignment}.zip"
        target.write_bytes(moodle_zip(parts))
        target.chmod(0o600)
        click.echo(f"{target} written.")
    return sorted(map(one_line, left))
