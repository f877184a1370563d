"""`grader check`: the public checks on a notebook, run afresh as grading runs it."""

from pathlib import Path

import click

from grader.model import Assignment, CheckResult, Course, Outcome


@click.command(name="check")
@click.argument("notebook", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("exercise", required=False)
def command(notebook: Path, exercise: str | None) -> None:
    """Run the public checks on NOTEBOOK, from top to bottom in a fresh process.

    Name an EXERCISE to see only that one.

    \b
    Example:
      grader check 05_flow.ipynb box_muller
    """
    from grader.desk import find_assignment, unknown
    from grader.errors import Refused, UsageError
    from grader.notebook.bundle import take_in
    from grader.pipeline import Run, grade_one
    from grader.processes.launch import Processes

    assignment = find_assignment(notebook.resolve().parent)
    if exercise is not None and exercise not in {e.name for e in assignment.exercises}:
        raise UsageError(unknown(assignment, exercise))
    with Processes([assignment.folder.parent]) as processes:
        course = Course(assignment.folder, assignment.title, (assignment,))
        run = Run(course, processes, "", assignment, public_only=True)
        grade = grade_one(run, take_in([notebook])[0]).grade
    if grade.refused:
        raise Refused(grade.refused)
    for remark in grade.remarks:
        click.echo(f"! hand-in: {remark}")
    for incident in grade.incidents:
        click.echo(f"! {incident.where}: {incident.text}")
    for graded in grade.exercises:
        if exercise in (None, graded.name):
            show(assignment, graded.checks)
            if graded.note:
                click.echo(f"    {graded.note}")


def show(assignment: Assignment, results: tuple[CheckResult, ...]) -> None:
    """Print the results of one exercise."""
    from grader.card import result_lines
    from grader.reports.text import presentable

    passed = sum(result.outcome is Outcome.passed for result in results)
    click.echo(f"{results[0].exercise}: {passed} of {len(results)} public checks pass")
    for result in results:
        if result.outcome is not Outcome.passed:
            click.echo(presentable("\n".join(result_lines(result))))
