"""`grader new-course`: a course of one's own, with one small assignment that works already."""

from pathlib import Path

import click


@click.command(name="new-course")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", help="What the course is called; made of the folder's name otherwise.")
@click.option(
    "--first",
    default="01_first",
    show_default=True,
    metavar="NN_TOPIC",
    help="The name of its first assignment.",
)
@click.option(
    "--ci",
    "site",
    type=click.Choice(["github", "gitlab"]),
    default="github",
    show_default=True,
    help="Where the course is tested at every push.",
)
@click.option("--install", help="What pip is given there; otherwise the way this grader came.")
def command(folder: Path, title: str | None, first: str, site: str, install: str | None) -> None:
    """Make a course in FOLDER, which is new or empty.

    It holds one small assignment with solution, checks, other right solutions and known mistakes:
    release it, certify it, grade it, then put your own in its place.

    \b
    Examples:
      grader new-course statistics
      grader new-course statistics --title "Statistics 1" --first 01_averages --ci gitlab
    """
    from grader.cli.new_assignment import add_assignment
    from grader.cli.options import plain, write_files
    from grader.errors import UsageError
    from grader.scaffold.files import Wish, check_name, check_title, course_files, title_of
    from grader.scaffold.files import usual_install as usual

    # A repository that was cloned empty holds nothing but this.
    if folder.is_dir() and {path.name for path in folder.iterdir()} - {".git"}:
        raise UsageError(f"{folder} is not empty. Name a new folder, or move away what is there.")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file. Name a new folder.")
    check_name(first, folder)
    wish = Wish(
        check_title(title or title_of(folder.resolve().name)), site, plain(install or usual())
    )
    write_files(folder, course_files(wish))
    add_assignment(folder, first, title_of(first))
    click.echo(f"{folder}: the course “{wish.title}” with the assignment {first}. Try:")
    click.echo(f"  cd {folder}")
    click.echo(f"  grader certify {first}")
    click.echo(f"CI installs the grader by: {wish.install}")
