"""`grader regrade`: who moves when a class is graded again, and the new grades on request."""

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import (
    course_option,
    device_option,
    executor_option,
    existing_assignment,
    isolation_option,
    jobs_option,
    json_option,
    junit_option,
)
from grader.cli.running import How, plan_of, stoppable
from grader.errors import UsageError
from grader.model import Level

if TYPE_CHECKING:
    from grader.regrade import Change
    from grader.results import Results


@click.command(name="regrade")
@click.argument(
    "graded",
    default=Path("graded"),
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="[GRADED_DIR]",
)
@click.option("--dry-run", is_flag=True, help="Only tell who would move; change no grade.")
@click.option("--reason", default="", help="Why; goes into the log. Needed to change grades.")
@click.option("--never-lower", is_flag=True, help="Keep the higher points of each exercise.")
@click.option("--undo", "undoes", is_flag=True, help="Put back what the last regrade changed.")
@device_option
@jobs_option
@executor_option
@isolation_option
@json_option
@junit_option
@course_option
def command(
    graded: Path,
    dry_run: bool,
    reason: str,
    never_lower: bool,
    undoes: bool,
    device: str,
    jobs: int,
    executor: str,
    required: str,
    json_file: str | None,
    junit_file: str | None,
    course: Path | None,
) -> None:
    """Grade the hand-ins of GRADED_DIR again, and tell whose points move through which check.

    The hand-ins are in its gradebook. Only what may have changed is run. Marks given by hand stay
    as they are. What was applied can be undone.

    \b
    Examples:
      grader regrade graded --dry-run
      grader regrade graded --reason "square allowed only one dtype" --never-lower
      grader regrade graded --undo
    """
    from grader.results import Results
    from grader.settings import find_course

    wanted = [bool(dry_run), bool(reason.strip()), bool(undoes)]
    if sum(wanted) != 1:
        raise UsageError(
            "Say one of three: --dry-run to see who moves, --reason TEXT to change the grades, "
            "--undo to take the last regrade back."
        )
    if not (graded / "gradebook.sqlite").is_file():
        raise UsageError(f"{graded} holds no gradebook. Name the folder that `grader grade` wrote.")
    home = find_course(course or Path.cwd())
    how = How(jobs, Level(required), device, executor)
    with Results(home, graded) as results:
        if undoes:
            undo_last(results)
        elif not work_out(results, how, reason, dry_run=dry_run, never_lower=never_lower):
            sys.exit(1)
        if not dry_run:
            results.grades = results.book.grades()
            results.write(json_file, junit_file)


def work_out(
    results: "Results", how: How, reason: str, *, dry_run: bool, never_lower: bool
) -> bool:
    """Grade again, print the difference and apply it; tell whether all could be graded.

    What could not be graded keeps its grade.
    """
    from grader.cli.moves import print_changes
    from grader.regrade import LOG, apply

    changes, problems = grade_again(results, how, never_lower=never_lower)
    print_changes(changes, len(results.book.grades()))
    for problem in problems:
        click.echo(f"! {problem}", err=True)
    if dry_run or not changes:
        click.echo("No grade was changed.")
    else:
        apply(results, changes, reason.strip(), never_lower=never_lower)
        click.echo(f"Applied, and noted in {results.out / LOG}. --undo takes it back.")
    return not problems


def grade_again(
    results: "Results", how: How, *, never_lower: bool
) -> tuple[list["Change"], list[str]]:
    """Return every change in order of name, and a sentence for each that could not be graded."""
    from grader.cli.progress import Progress
    from grader.grading import open_grading
    from grader.regrade import change_of, kept_submissions, trouble

    found, problems = kept_submissions(results.book)
    changes = []
    with (
        Progress(sum(map(len, found.values())), to_stderr=True) as progress,
        stoppable(progress, results.out),
        open_grading(plan_of(results, how, decided=False)) as grade_them,
    ):
        for name, submissions in found.items():
            chosen = existing_assignment(results.course, name or None)
            with closing(grade_them(chosen, submissions, progress.begun)) as all_graded:
                for graded in all_graded:
                    results.keep(graded)
                    progress.done(graded.grade, known=not graded.findings.fresh)
                    before = results.book.grade(name, graded.grade.submission)
                    problems += trouble(graded.grade)
                    if before is not None:
                        changes.append(change_of(before, graded.grade, never_lower=never_lower))
    moved = [change for change in changes if change is not None]
    return sorted(moved, key=lambda change: change.after.submission), problems


def undo_last(results: "Results") -> None:
    """Put back what the last regrade changed, and say what that was."""
    from grader.regrade import undo

    entry, left = undo(results)
    click.echo(f"Undone: the regrade of {entry.applied_at} UTC by {entry.who}: {entry.reason}")
    for _, submission in left:
        click.echo(f"  {submission} stays as it is: it has been graded anew since.")
