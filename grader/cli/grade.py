"""`grader grade`: from hand-ins to a gradebook, feedback pages and JSON."""

import os
import sys
from pathlib import Path

import click

from grader.cli.options import course_option, existing_assignment
from grader.errors import IsolationError, UsageError
from grader.model import Assignment, Course, Isolation, Level


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
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="cores",
    help="How many submissions at a time.",
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
@click.option("--json", "json_file", metavar="FILE|-", help="Write all results as JSON.")
@click.option("--junit", "junit_file", metavar="FILE", help="Write all results as JUnit XML.")
@course_option
def command(
    paths: tuple[Path, ...],
    assignment: str | None,
    out: Path,
    device: str,
    jobs: int,
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
    resume: bool = False,
    files: tuple[str | None, str | None] = (None, None),
) -> bool:
    """Grade everything under `paths` into `out`; tell whether all of it could be graded."""
    from grader.cli.progress import Progress
    from grader.notebook.bundle import take_in
    from grader.pipeline import Run, grade_all
    from grader.processes.launch import Processes
    from grader.results import Results
    from grader.settings import course_secret

    where = resolve(device)
    submissions = take_in(paths)
    with (
        Results(home, out) as results,
        Progress(len(submissions), to_stderr=files[0] == "-") as progress,
        Processes([home.root, out, *paths]) as processes,
    ):
        require(processes.isolation, required)
        if resume:
            submissions = results.take_up(submissions)
            progress.before(results.grades)
        run = Run(home, processes, course_secret(home.root), chosen, where)
        for graded in grade_all(run, submissions, jobs):
            results.add(graded)
            progress.done(graded.grade)
        results.write(*files)
        progress.summary(out)
    return not any(grade.refused for grade in results.grades)


def require(isolation: Isolation, least: Level) -> None:
    """Refuse to go on behind weaker walls; raises `IsolationError`."""
    if not isolation.level.reaches(least):
        why = f" ({'; '.join(isolation.refused)})" if isolation.refused else ""
        raise IsolationError(
            f"Grading needs the isolation {least}, but this machine gives {isolation.level}{why}. "
            "`grader doctor` tells how to get more; "
            f"--require-isolation {isolation.level} goes on with less."
        )


def resolve(device: str) -> str:
    """Return the device to use; raises `UsageError` for one that is not here."""
    if device == "cuda":
        raise UsageError(
            "Grading on CUDA is not in this version: use --device cpu. The verdicts are the same."
        )
    return "cpu"
