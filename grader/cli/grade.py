"""`grader grade`: from hand-ins to a gradebook, feedback pages and JSON."""

import os
import sys
from pathlib import Path

import click

from grader.cli.options import course_option, existing_assignment, output_file
from grader.model import Assignment, Course, Level


@click.command(name="grade")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--assignment", metavar="NN_TOPIC", help="Which assignment; recognised otherwise.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("graded"),
    show_default=True,
    help="Where the gradebook and the pages go.",
)
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="Where checks run; auto is the CPU.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="cores",
    help="How many submissions at a time.",
)
@click.option(
    "--executor",
    default="local",
    show_default=True,
    metavar="NAME",
    help="Where: local, dask://local, dask://HOST:PORT, or slurm[:OPTION=VALUE,...].",
)
@click.option(
    "--require-isolation",
    "required",
    type=click.Choice([level.value for level in Level]),
    default=Level.restricted.value,
    show_default=True,
    help="Refuse to grade behind weaker walls than these.",
)
@click.option("--resume", is_flag=True, help="Go on with a run that was cut short.")
@click.option(
    "--json", "json_file", metavar="FILE|-", callback=output_file, help="Write all results as JSON."
)
@click.option(
    "--junit",
    "junit_file",
    metavar="FILE",
    callback=output_file,
    help="Write all results as JUnit XML.",
)
@course_option
def command(
    paths: tuple[Path, ...],
    assignment: str | None,
    out: Path,
    device: str,
    jobs: int,
    executor: str,
    required: str,
    resume: bool,
    json_file: str | None,
    junit_file: str | None,
    course: Path | None,
) -> None:
    """Grade notebooks, folders of them, or the zip of a course site.

    \b
    Example:
      grader grade hand-ins.zip --assignment 05_flow --out graded
    """
    from grader.settings import find_course

    home = find_course(course or Path.cwd())
    chosen = existing_assignment(home, assignment)
    all_graded = grade_paths(
        home,
        paths,
        out,
        jobs=jobs,
        required=Level(required),
        chosen=chosen,
        device=device,
        executor=executor,
        resume=resume,
        files=(json_file, junit_file),
    )
    sys.exit(0 if all_graded else 1)


def grade_paths(
    home: Course,
    paths: tuple[Path, ...],
    out: Path,
    *,
    jobs: int,
    required: Level,
    chosen: Assignment | None = None,
    device: str = "auto",
    executor: str = "local",
    resume: bool = False,
    files: tuple[str | None, str | None] = (None, None),
) -> bool:
    """Grade everything under `paths` into `out`; tell whether all of it could be graded."""
    from grader.cli.progress import Progress
    from grader.engine.choose import read_choice
    from grader.grading import Plan, open_grading
    from grader.notebook.bundle import take_in
    from grader.results import Results

    choice, where = read_choice(executor), resolve(device)
    submissions = take_in(paths)
    plan = Plan(home, (home.root, out, *paths), out, jobs, required, chosen, where, choice)
    with (
        Results(home, out) as results,
        Progress(len(submissions), to_stderr=files[0] == "-") as progress,
        open_grading(plan) as grade_them,
    ):
        if resume:
            submissions = results.take_up(submissions)
            progress.before(results.grades)
        for graded in grade_them(submissions):
            results.add(graded)
            progress.done(graded.grade)
        results.write(*files)
        progress.summary(out)
    return not any(grade.refused for grade in results.grades)


def resolve(device: str) -> str:
    """Return the device that a wish for one means."""
    # Not a card of its own accord: the verdicts are the same, and small checks are quicker here.
    return "cpu" if device == "auto" else device
