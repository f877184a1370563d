"""`grader marks`: the final marks of a class, from points and the course's policy."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import as_of_option, books_argument, course_option

if TYPE_CHECKING:
    from grader.classmarks import ClassMarks


@click.command(name="marks")
@books_argument
@as_of_option
@click.option("--out", type=click.Path(path_type=Path), help="The table; marks.csv otherwise.")
@click.option("--json", "json_file", metavar="FILE|-", help="Write marks and derivations as JSON.")
@click.option("--publish", is_flag=True, help="Note these points as given out, for never_lower.")
@course_option
def command(
    graded: tuple[Path, ...],
    as_of: datetime | None,
    out: Path | None,
    json_file: str | None,
    publish: bool,
    course: Path | None,
) -> None:
    """Work out the final marks of a class and write them as a table.

    GRADED are folders of `grader grade`; the policy stands in course.toml, extensions in
    extensions.toml beside it. Nothing is graded again. What a person must settle is listed, and
    the exit code is 1 then.

    \b
    Examples:
      grader marks graded
      grader marks graded --as-of 2026-12-01 --json -
      grader marks graded --publish
    """
    from grader.classmarks import class_marks, open_books
    from grader.classtable import marks_csv, marks_json, write_private
    from grader.cli.options import moment_of
    from grader.reports.text import one_line
    from grader.settings import find_course

    home = find_course(course or Path.cwd())
    found = class_marks(home, open_books(graded), moment_of(home, as_of))
    target = out or graded[0] / "marks.csv"
    write_private(target, marks_csv(found))
    if json_file == "-":
        click.echo(marks_json(found), nl=False)
    elif json_file:
        write_private(Path(json_file), marks_json(found))
    if publish:
        note_published(found, graded[0])
    for problem in found.problems:
        click.echo(f"! {one_line(problem)}", err=True)
    click.echo(told(found, target), err=json_file == "-")
    sys.exit(1 if found.problems else 0)


def note_published(found: "ClassMarks", folder: Path) -> None:
    """Note in the gradebook which points are out."""
    from datetime import UTC

    from grader.store.gradebook import Gradebook

    with Gradebook(folder / "gradebook.sqlite") as book, book.transaction():
        for key, mark in found.marks.items():
            for own in mark.assignments:
                if own.counted and not own.waiting:
                    book.roster.publish(own.assignment, key, str(own.points), datetime.now(UTC))


def told(found: "ClassMarks", target: Path) -> str:
    """Return what was written, in a sentence."""
    from grader.policy.words import counted

    students = found.students()
    waiting = sum(bool(found.marks[student.key].waiting) for student in students)
    wait = f"; {counted(waiting, 'mark')} with points that wait for a person" if waiting else ""
    return f"{target} written: {counted(len(students), 'student')}{wait}."
