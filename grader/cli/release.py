"""`grader release`: the student tree, or the staff's pages."""

from pathlib import Path

import click

from grader.cli.options import course_option


@click.command(name="release")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the student tree goes; otherwise the course's own assignments/.",
)
@click.option(
    "--staff",
    type=click.Path(path_type=Path, file_okay=False),
    help="Render the executed solutions, with rubrics, into this folder instead.",
)
@course_option
def command(out: Path | None, staff: Path | None, course: Path | None) -> None:
    """Make what students get from the solutions.

    Refuses, and writes nothing, when the tree would hold a solution, a stored output, a hidden
    check or a secret.

    \b
    Examples:
      grader release
      grader release --out ../student-tree
      grader release --staff ../for-tas
    """
    from grader.release import release
    from grader.settings import course_secret, find_course

    home = find_course(course or Path.cwd())
    if staff is not None:
        from grader.staff import staff_pages

        written = staff_pages(home, staff)
        target = staff
    else:
        target = out or home.root / "assignments"
        written = release(home.root, target, [course_secret(home.root)])
    for name in written:
        click.echo(f"  {target / name}")
    click.echo(f"{len(written)} files written.")
