"""`grader export`: grades in the form that a course site takes."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from grader.cli.options import course_option
from grader.errors import UsageError
from grader.exports.filled import Filled
from grader.model import Grade

FORMATS = ("gradescope", "moodle", "canvas", "csv", "junit", "lti", "nbgrader")
# What is filled in, and where the site has it.
TEMPLATES = {
    "moodle": "the grading worksheet (Assignment, Submissions, Download grading worksheet)",
    "canvas": "the grade book (Grades, Export, Export Entire Gradebook)",
    "lti": "the list of members that the platform's names-and-roles service answers, as JSON",
}
NAMES = {
    "moodle": "moodle.csv", "canvas": "canvas.csv", "csv": "grades.csv", "junit": "junit.xml",
    "lti": "scores.json", "nbgrader": "nbgrader.csv", "gradescope": "gradescope",
}  # fmt: skip


@click.command(name="export")
@click.argument("kind", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("graded", type=click.Path(path_type=Path), default=Path("graded"))
@click.option("--assignment", metavar="NN_TOPIC", help="Which assignment; needed among several.")
@click.option(
    "--template",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The file to fill in, as the site gave it: for moodle, canvas and lti.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Where to write to; into GRADED.")
@click.option("--column", default="", help="The column of the grade, by its title or number.")
@click.option("--comments", default="", help="The column of the comments, for moodle.")
@click.option("--final", is_flag=True, help="The points that the course's policy leaves.")
@click.option("--scale", is_flag=True, help="Convert the points to the site's own maximum.")
@course_option
def command(
    kind: str,
    graded: Path,
    assignment: str | None,
    template: Path | None,
    out: Path | None,
    column: str,
    comments: str,
    final: bool,
    scale: bool,
    course: Path | None,
) -> None:
    """Write grades as FORMAT: gradescope, moodle, canvas, csv, junit, lti or nbgrader.

    GRADED is the folder of a run of `grader grade`. A missing hand-in stays empty, never a 0, and
    nothing is guessed: whoever could not be matched is listed, and the exit code is 1. With --final
    the points are those of `grader marks`, and what was not handed in and is over counts as 0.

    \b
    Examples:
      grader export moodle graded --template "Grades-CS-Flow.csv" --out upload.csv
      grader export canvas graded --template grades.csv --column 4711
      grader export canvas graded --template grades.csv --assignment 05_flow --final
    """
    from grader.reports.text import one_line

    grades = read_grades(graded, assignment)
    folder = graded if graded.is_dir() else graded.parent
    if final:
        grades = after_policy(course, folder, grades)
    target = out or folder / NAMES[kind]
    if kind == "gradescope":
        grades = as_students_see(course, grades)
        write_gradescope(grades, target, single=out is not None)
        return
    if kind in TEMPLATES:
        titles = known_titles(course, grades)
        filled = fill(kind, template, grades, column, comments, titles, scale=scale)
    else:
        filled = Filled(plain(kind, grades).encode())
    if template is not None and target.exists() and target.samefile(template):
        raise UsageError(f"{target} is the template itself. Name another file with --out.")
    write(target, filled.data)
    for problem in filled.problems:
        click.echo(f"! {one_line(problem)}", err=True)
    click.echo(f"{target} written.")
    sys.exit(1 if filled.problems else 0)


def read_grades(graded: Path, assignment: str | None) -> list[Grade]:
    """Return the grades in a folder of results; raises `UsageError` where there are none."""
    from grader.store.gradebook import Gradebook

    file = graded / "gradebook.sqlite" if graded.is_dir() else graded
    if not file.is_file():
        raise UsageError(
            f"There is no gradebook {file}. Make it with `grader grade HAND-INS --out {graded}`."
        )
    with Gradebook(file) as book:
        everything = book.marked(book.grades())
    named = [grade for grade in everything if grade.assignment]
    grades = [grade for grade in named if assignment in (None, grade.assignment)]
    # What could not be recognised belongs to no assignment; it may have been mended since.
    later = {grade.submission for grade in named}
    grades += [g for g in everything if not g.assignment and g.submission not in later]
    if not grades:
        of = f" of {assignment}" if assignment else ""
        raise UsageError(f"{file} holds no grades{of}.")
    return grades


def after_policy(course: Path | None, folder: Path, grades: list[Grade]) -> list[Grade]:
    """Return a grade for each student, with what the policy leaves of the points."""
    from grader.classmarks import class_marks, open_books
    from grader.classtable import final_grades
    from grader.settings import find_course

    found = class_marks(find_course(course or Path.cwd()), open_books([folder]), datetime.now(UTC))
    wanted = {grade.assignment for grade in grades}
    return [grade for grade in final_grades(found, grades) if grade.assignment in wanted]


def as_students_see(course: Path | None, grades: list[Grade]) -> list[Grade]:
    """Return grades without what students may not see yet, where there is a course that says so."""
    from grader.policy.load import load_policy
    from grader.policy.opening import view_of
    from grader.reports.levels import shown_at
    from grader.settings import find_course

    try:
        policy = load_policy(find_course(course or Path.cwd()))
    except UsageError:
        return grades
    now = datetime.now(UTC)
    views = [view_of(policy, grade.assignment, now) for grade in grades]
    return [
        shown_at(grade, view.level, marks=view.marks)
        for grade, view in zip(grades, views, strict=True)
    ]


def fill(
    kind: str,
    template: Path | None,
    grades: list[Grade],
    column: str,
    comments: str,
    titles: list[str],
    *,
    scale: bool,
) -> Filled:
    """Fill the file that the site gave; raises `UsageError` without one."""
    from grader.exports.canvas import fill_gradebook
    from grader.exports.lti import to_lti
    from grader.exports.moodle import fill_worksheet

    if template is None:
        raise UsageError(f"{kind} needs --template FILE: {TEMPLATES[kind]}.")
    assignments = sorted({grade.assignment for grade in grades} - {""})
    if len(assignments) > 1:
        raise UsageError(f"Name one of {', '.join(assignments)} with --assignment.")
    data, where = template.read_bytes(), str(template)
    if kind == "moodle":
        return fill_worksheet(
            data, grades, where=where, column=column, comments=comments, scale=scale
        )
    if kind == "canvas":
        return fill_gradebook(data, grades, where=where, column=column, titles=titles, scale=scale)
    return to_lti(data, grades, datetime.now(UTC), where)


def known_titles(course: Path | None, grades: list[Grade]) -> list[str]:
    """Return what a site may call the assignment: its name, and its title in the course."""
    from grader.settings import find_course

    names = {grade.assignment for grade in grades} - {""}
    try:
        home = find_course(course or Path.cwd())
    except UsageError:
        return sorted(names)
    return sorted(names | {a.title for a in home.assignments if a.name in names})


def plain(kind: str, grades: list[Grade]) -> str:
    """Return a format that needs no file of the site."""
    from grader.exports.junit import to_junit
    from grader.exports.nbgrader import to_nbgrader
    from grader.exports.table import to_csv

    return {"csv": to_csv, "junit": to_junit, "nbgrader": to_nbgrader}[kind](grades)


def write_gradescope(grades: list[Grade], target: Path, *, single: bool) -> None:
    """Write one results.json, or a folder with one for each hand-in."""
    from grader.exports.gradescope import to_gradescope

    if len(grades) == 1 and single:
        write(target, to_gradescope(grades[0]).encode())
    else:
        for grade in grades:
            write(target / f"{grade.submission}.json", to_gradescope(grade).encode())
    click.echo(f"{target} written.")


def write(target: Path, data: bytes) -> None:
    """Write a file and the folders it lies in; raises `UsageError` where that is not possible."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{target} cannot be written to ({error.strerror}).") from error
