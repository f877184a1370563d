"""`grader new-assignment`: an assignment to start from, with checks that certify already."""

from pathlib import Path

import click

from grader.cli.options import course_option


@click.command(name="new-assignment")
@click.argument("name", metavar="NN_TOPIC")
@click.option("--title", help="What students read; made of the name otherwise.")
@course_option
def command(name: str, title: str | None, course: Path | None) -> None:
    """Add the assignment NN_TOPIC to the course: two digits, an underscore and a topic.

    It has one exercise and one question. Put your own in their place, then run `grader release`
    and `grader certify`.

    \b
    Examples:
      grader new-assignment 02_averages
      grader new-assignment 02_averages --title "Averages and what they hide"
    """
    from grader.scaffold.files import check_name, check_title, title_of
    from grader.settings import find_course

    home = find_course(course or Path.cwd())
    check_name(name, home.root)
    for file in add_assignment(home.root, name, check_title(title or title_of(name))):
        click.echo(f"  {file}")
    click.echo(f"Edit solutions/{name}/, then: grader release; grader certify {name}")


def add_assignment(root: Path, name: str, title: str) -> list[str]:
    """Write an assignment and its release into a course; return the files written."""
    from grader.cli.options import write_files
    from grader.release import release
    from grader.scaffold.files import assignment_files
    from grader.settings import course_secret

    written = write_files(root, assignment_files(name, title))
    released = release(root, root / "assignments", [course_secret(root)], only=name)
    return written + [f"assignments/{file}" for file in released]
