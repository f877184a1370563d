"""`grader check`: the public checks on a notebook, run afresh as grading runs it."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from grader.model import Action, Assignment, CheckResult, Course, HandInRules, Outcome


@click.command(name="check")
@click.argument("notebook", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("exercise", required=False)
@click.option(
    "--here",
    is_flag=True,
    help="Run it in an ordinary process, without walls; so it is on macOS and Windows in any case.",
)
def command(notebook: Path, exercise: str | None, here: bool) -> None:
    """Run the public checks on NOTEBOOK, from top to bottom in a fresh process.

    Name an EXERCISE to see only that one.

    \b
    Example:
      grader check 05_flow.ipynb box_muller
    """
    from grader.cli.reading import in_its_folder, notebook_bytes
    from grader.desk import unknown
    from grader.errors import UsageError

    assignment = in_its_folder(notebook, notebook_bytes(notebook))
    if exercise is not None and exercise not in {e.name for e in assignment.exercises}:
        raise UsageError(unknown(assignment, exercise))
    if here or sys.platform != "linux":
        from grader.athome import check_at_home

        sys.exit(check_at_home(notebook.resolve(), exercise))
    check_behind_walls(notebook, assignment, exercise)


def check_behind_walls(notebook: Path, assignment: Assignment, exercise: str | None) -> None:
    """Run a notebook as grading runs it, and print what its public checks find."""
    from grader.errors import Refused
    from grader.notebook.bundle import take_in
    from grader.pipeline import Run, grade_one
    from grader.processes.launch import Processes

    assignment = replace(assignment, rules=while_working(assignment.rules))
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
            show(graded.checks)
            if graded.note:
                click.echo(f"    {graded.note}")


def while_working(rules: HandInRules) -> HandInRules:
    """Return rules of form that refuse nothing yet, and ask for no PDF: packing makes one."""

    def milder(action: Action) -> Action:
        return Action.warn if action is Action.refuse else action

    return HandInRules(
        rules.group_size,
        names=milder(rules.names),
        executed=milder(rules.executed),
        interpreted=milder(rules.interpreted),
    )


def show(results: tuple[CheckResult, ...]) -> None:
    """Print the results of one exercise."""
    from grader.card import result_lines
    from grader.desk import BLANK
    from grader.reports.text import presentable

    broken = [result for result in results if result.outcome is not Outcome.passed]
    passed = len(results) - len(broken)
    click.echo(f"{results[0].exercise}: {passed} of {len(results)} public checks pass")
    if broken and all(BLANK in result.message for result in broken):
        # Every check says the same of code that nobody has written, and its hints help nobody yet.
        for message in dict.fromkeys(result.message.partition("\n")[0] for result in broken):
            click.echo(presentable(f"  ○ {message}"))
        return
    for result in broken:
        click.echo(presentable("\n".join(result_lines(result))))
