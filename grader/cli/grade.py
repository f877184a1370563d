"""`grader grade`: from hand-ins to a gradebook, feedback pages and JSON."""

import sys
from contextlib import closing
from pathlib import Path

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
    out_option,
)
from grader.cli.running import How, plan_of, stoppable
from grader.model import Assignment, Course, Level


@click.command(name="grade")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--assignment", metavar="NN_TOPIC", help="Which assignment; recognised otherwise.")
@out_option
@device_option
@jobs_option
@executor_option
@isolation_option
@click.option("--afresh", is_flag=True, help="Grade everything again, also what did not change.")
@json_option
@junit_option
@course_option
def command(
    paths: tuple[Path, ...],
    assignment: str | None,
    out: Path,
    device: str,
    jobs: int,
    executor: str,
    required: str,
    afresh: bool,
    json_file: str | None,
    junit_file: str | None,
    course: Path | None,
) -> None:
    """Grade notebooks, folders of them, or the zip of a course site.

    Each submission is written as soon as it is graded. After a stop of any kind the same command
    goes on from there; what was graded before and has not changed is not run again.

    \b
    Example:
      grader grade hand-ins.zip --assignment 05_flow --out graded
    """
    from grader.settings import find_course

    home = find_course(course or Path.cwd())
    all_graded = grade_paths(
        home,
        paths,
        out,
        How(jobs, Level(required), device, executor, afresh),
        chosen=existing_assignment(home, assignment),
        files=(json_file, junit_file),
    )
    sys.exit(0 if all_graded else 1)


def grade_paths(
    home: Course,
    paths: tuple[Path, ...],
    out: Path,
    how: How,
    *,
    chosen: Assignment | None = None,
    files: tuple[str | None, str | None] = (None, None),
) -> bool:
    """Grade everything under `paths` into `out`; tell whether all of it could be graded.

    Raises `Interrupted` when it is stopped from the keyboard.
    """
    from grader.cli.progress import Progress
    from grader.grading import open_grading
    from grader.notebook.bundle import take_in
    from grader.results import Results

    submissions = take_in(paths)
    with (
        Results(home, out) as results,
        Progress(len(submissions), to_stderr=files[0] == "-") as progress,
        stoppable(progress, out),
        open_grading(plan_of(results, how, paths)) as grade_them,
        closing(grade_them(chosen, submissions, progress.begun)) as all_graded,
    ):
        for graded in all_graded:
            results.add(graded)
            progress.done(graded.grade, known=graded.recorded)
        results.write(*files)
        progress.summary(out)
    return not any(grade.refused for grade in results.grades)
