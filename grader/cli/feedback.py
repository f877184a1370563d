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

NO_PAGES = "Gradescope takes no pages: `grader export gradescope` has what students see."
# What a page needs to be taken back, by the site.
NEEDED = {
    "moodle": "has no number of Moodle's",
    "canvas": "handed in nothing under a name that Canvas gave",
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
    "--zip",
    "site",
    type=click.Choice([*NEEDED, "gradescope"]),
    help="Pack them for a course site, too.",
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

    if site == "gradescope":
        raise UsageError(NO_PAGES)
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
    unpacked = pack(made, graded, site) if site else []
    for name in unpacked:
        click.echo(f"! {name} {NEEDED[str(site)]}: not in the zip.", err=True)
    sys.exit(1 if unpacked else 0)


def pack(made: list["Page"], graded: Path, site: str) -> list[str]:
    """Write a zip for each assignment that has pages for it; returns whose could not go along."""
    from grader.exports.pages import canvas_zip, moodle_zip
    from grader.reports.text import one_line
    from grader.results import write_for_owner

    left = set()
    for assignment in sorted({page.assignment for page in made}):
        own = [page for page in made if page.assignment == assignment]
        placed = [page for page in own if takes(site, page, own)]
        left |= {label(page, own) for page in own if page not in placed}
        if not placed:
            continue
        name = f"{assignment}.html"
        if site == "canvas":
            data = canvas_zip((page.origin, name, page.html) for page in placed)
        else:
            data = moodle_zip((page.student.person, name, page.html) for page in placed)
        target = graded / f"feedback-{site}-{assignment}.zip"
        write_for_owner(target, data)
        click.echo(f"{target} written.")
    return sorted(map(one_line, left))


def label(page: "Page", others: list["Page"]) -> str:
    """Return what a student is called, with their number or account where two have one name."""
    student = page.student
    namesakes = {other.student.key for other in others if other.student.name == student.name}
    return student.name if len(namesakes) == 1 else f"{student.name} ({student.key})"


def takes(site: str, page: "Page", others: list["Page"]) -> bool:
    """Tell whether a course site will know whose a page is.

    Canvas takes one for a hand-in: that of whom it names, or the only one there is.
    """
    person, origin = page.student.person, page.origin
    if site == "canvas" and origin.file:
        alone = sum(other.origin == origin for other in others) == 1
        return alone or [person.id] == [one.id for one in origin.people]
    return page.student.site == site == "moodle" and bool(person.id)
