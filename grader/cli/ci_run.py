"""`grader ci-run`: what a pipeline runs; the files of `grader ci-init` call it."""

import os
import sys
from pathlib import Path

import click

from grader.cli.ci_init import SITES
from grader.cli.options import course_option, existing_assignment
from grader.errors import UsageError
from grader.model import Grade, Level, Outcome, Submission


@click.command(name="ci-run")
@click.argument("site", type=click.Choice(SITES))
@click.argument("notebooks", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("graded"),
    show_default=True,
    help="Where the gradebook and the pages go.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 when a check does not pass.")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("/autograder"),
    show_default=True,
    help="For gradescope: the folder that holds source, submission and results.",
)
@click.option("--latest", is_flag=True, help="For gradescope: earlier hand-ins do not count.")
@click.option(
    "--require-isolation",
    "required",
    type=click.Choice([level.value for level in Level]),
    help="Refuse to grade behind weaker walls; restricted where hidden checks are there.",
)
@course_option
def command(
    site: str,
    notebooks: tuple[Path, ...],
    out: Path,
    strict: bool,
    root: Path,
    latest: bool,
    required: str | None,
    course: Path | None,
) -> None:
    """Grade in a pipeline, and tell SITE in its own way.

    github gets notes beside the lines and a summary, gitlab a code quality report and JUnit XML,
    classroom points for its reporter, gradescope its results.json.

    \b
    Example:
      grader ci-run github 05_flow.ipynb --course .ci/course --out graded --strict
    """
    if site == "gradescope":
        from grader.ci.gradescope import run_gradescope

        if not (root / "submission").is_dir():
            raise UsageError(
                f"There is no folder {root / 'submission'}: name its parent by --root."
            )
        least = Level(required or Level.restricted)
        sys.exit(0 if run_gradescope(root, required=least, keep_best=not latest) else 1)
    if not notebooks:
        raise UsageError(f"Name the notebook to grade: grader ci-run {site} NOTEBOOK.")
    from grader.cli.grade import grade_paths
    from grader.cli.running import How
    from grader.notebook.bundle import take_in
    from grader.settings import find_course
    from grader.store.gradebook import Gradebook

    home = find_course(course or Path.cwd())
    existing_assignment(home, None)
    has_hidden = any(assignment.hidden for assignment in home.assignments)
    least = Level(required or (Level.restricted if has_hidden else Level.limits))
    junit = str(out / "junit.xml")
    all_graded = grade_paths(home, notebooks, out, How(1, least), files=(None, junit))
    submissions = {submission.name: submission for submission in take_in(notebooks)}
    with Gradebook(out / "gradebook.sqlite") as book:
        grades = [grade for grade in book.grades() if grade.submission in submissions]
    tell(site, out, grades, submissions, has_hidden=has_hidden)
    wrong = any(is_wrong(grade) for grade in grades)
    sys.exit(1 if not all_graded or (strict and wrong) else 0)


def is_wrong(grade: Grade) -> bool:
    """Tell whether a check did not pass, other than by a fault of the grader's."""
    fine = {Outcome.passed, Outcome.grader_fault}
    return any(check.outcome not in fine for e in grade.exercises for check in e.checks)


def tell(
    site: str,
    out: Path,
    grades: list[Grade],
    submissions: dict[str, Submission],
    *,
    has_hidden: bool,
) -> None:
    """Write what the site reads: to its output, to files it names, or into `out`."""
    from grader.errors import Refused
    from grader.exports import findings as notes
    from grader.notebook.lines import where_defined

    found: list[notes.Finding] = []
    for grade in grades:
        submission = submissions[grade.submission]
        names = [exercise.name for exercise in grade.exercises]
        try:
            lines = where_defined(submission.load().notebook, names)
        except Refused:
            lines = {}
        found += notes.findings(grade, submission.source, lines)
        if site == "classroom":
            append("GITHUB_OUTPUT", f"result={notes.to_classroom(grade, lines)}\n")
    if site == "gitlab":
        (out / "codequality.json").write_text(notes.to_code_quality(found), encoding="utf-8")
    else:
        click.echo(notes.to_github(found), nl=False)
        append("GITHUB_STEP_SUMMARY", notes.to_summary(grades, has_hidden=has_hidden))


def append(variable: str, text: str) -> None:
    """Append text to the file that the pipeline has named in a variable, if it has."""
    name = os.environ.get(variable)
    if name:
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(text)
