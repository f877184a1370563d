"""`grader ci-init`: the files that make GitHub, GitLab or Gradescope grade a hand-in."""

from pathlib import Path

import click

from grader.cli.options import course_option, existing_assignment, plain, write_files
from grader.errors import UsageError
from grader.model import Assignment, Course

SITES = ("github", "gitlab", "gradescope", "classroom")


@click.command(name="ci-init")
@click.argument("site", type=click.Choice(SITES))
@click.option("--assignment", metavar="NN_TOPIC", help="Which assignment is graded there.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The repository to write to, or for Gradescope the archive; here otherwise.",
)
@click.option("--notebook", help="Where the notebook lies in the repository; NN_TOPIC.ipynb.")
@click.option(
    "--torch",
    default="torch==2.13.0",
    show_default=True,
    help="What pip is given to install torch there: add your index of smaller CPU builds, or give "
    "'' where a course needs none.",
)
@click.option("--install", default="", help="What pip is to install; otherwise the grader itself.")
@click.option("--force", is_flag=True, help="Write over a workflow or archive that is there.")
@course_option
def command(
    site: str,
    assignment: str | None,
    out: Path | None,
    notebook: str | None,
    torch: str,
    install: str,
    force: bool,
    course: Path | None,
) -> None:
    """Write what makes SITE grade a hand-in.

    github, gitlab and classroom get a workflow and the public checks, nothing hidden; gradescope
    gets the archive to upload as the autograder, with the hidden checks and the solution in it.

    \b
    Examples:
      grader ci-init github --assignment 05_flow --out ../student-repository
      grader ci-init gradescope --assignment 05_flow --out 05_flow.zip
    """
    from grader.ci.files import WORKFLOWS, Wish, autograder_zip, repository_files
    from grader.settings import find_course

    home = find_course(course or Path.cwd())
    chosen = existing_assignment(home, assignment) or _only(home)
    wish = Wish(home, chosen, notebook or f"{chosen.name}.ipynb", torch, install)
    for option in (wish.notebook, torch or "-", install or "-"):
        plain(option)
    if site == "gradescope":
        target = out or Path(f"{chosen.name}_autograder.zip")
        if target.suffix.lower() != ".zip" and not target.is_dir():
            raise UsageError(f"Gradescope takes a zip: name {target}.zip with --out.")
        _expect_free(target, force)
        target.write_bytes(autograder_zip(wish))
        click.echo(f"{target}: upload it under Configure Autograder. It holds hidden checks.")
        return
    folder = out or Path.cwd()
    _expect_free(folder / WORKFLOWS[site][1], force)
    files = repository_files(site, wish)
    write_files(folder, files)
    click.echo(f"{len(files)} files written to {folder.resolve()}; the workflow:")
    click.echo(f"  {WORKFLOWS[site][1]}")


def _only(course: Course) -> Assignment:
    if len(course.assignments) == 1:
        return course.assignments[0]
    names = ", ".join(assignment.name for assignment in course.assignments)
    raise UsageError(f"Name one assignment with --assignment; the course has: {names}.")


def _expect_free(file: Path, force: bool) -> None:
    if file.is_dir():
        raise UsageError(f"{file} is a folder. Name a file with --out.")
    if file.exists() and not force:
        raise UsageError(f"{file} is there already. Use --force to write over it.")
    if not file.parent.exists() and file.suffix == ".zip":
        raise UsageError(f"There is no folder {file.parent} to write to.")
