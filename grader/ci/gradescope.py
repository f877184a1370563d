"""One run of Gradescope's autograder, from its folders to its `results.json`."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from fractions import Fraction
from pathlib import Path, PurePosixPath

import msgspec

from grader.errors import GraderError, IsolationError, Refused, UsageError
from grader.exports.gradescope import to_gradescope
from grader.model import Assignment, Course, Grade, HandIn, Level, Origin, Person, Submission
from grader.notebook.bundle import take_in
from grader.pipeline import Run, grade_one
from grader.processes.launch import Processes
from grader.results import write_whole
from grader.settings import course_secret, load_course

STARTED = "The run ended before all checks were made; what is listed was done by then."
FAULT = "The grader could not run; this is not about your hand-in. Staff can read why."


class Previous(msgspec.Struct):
    """An earlier hand-in of the same people."""

    score: float | None = None


class User(msgspec.Struct):
    """One of those who have handed in."""

    name: str = ""
    email: str = ""


class Due(msgspec.Struct):
    """What Gradescope says of the assignment."""

    due_date: str | None = None


class Metadata(msgspec.Struct):
    """`submission_metadata.json`, as far as it is read."""

    created_at: str = ""
    users: list[User] = []
    assignment: Due = msgspec.field(default_factory=Due)
    previous_submissions: list[Previous] = []


# Starts the processes of a run, from whose workers some paths are hidden.
Start = Callable[[list[Path]], AbstractContextManager[Processes]]


def run_gradescope(
    root: Path, *, required: Level, keep_best: bool = True, start: Start = Processes
) -> bool:
    """Grade what lies in `root/submission`; tell whether the grader itself could do its work.

    `results.json` is there from the start, and written anew after each check: a run that is killed
    keeps what it has found, and a fault of ours costs nobody an earlier score.
    """
    metadata = read_metadata(root / "submission_metadata.json")
    file = root / "results" / "results.json"
    file.parent.mkdir(exist_ok=True)
    best = Fraction(0)

    def write(grade: Grade, note: str = "") -> None:
        write_whole(file, to_gradescope(grade, best=best, note=note))

    nothing = Grade("submission", "")
    write(nothing, STARTED)
    try:
        course = load_course(root / "source" / "course")
        assignment = only_assignment(course)
        best = best_before(metadata, assignment) if keep_best else best
        write(nothing, STARTED)
        hidden = [root / name for name in ("source/course", "results", "submission")]
        with start([*hidden, root / "submission_metadata.json"]) as processes:
            require(processes, required)
            secret = course_secret(course.root)
            run = Run(course, processes, secret, assignment, watch=lambda g: write(g, STARTED))
            graded = grade_one(run, the_notebook(root / "submission", assignment, metadata))
        write(graded.grade)
    except GraderError as error:
        write(nothing, FAULT)
        print(f"error: {error}")
        return False
    for incident in graded.grade.incidents:
        print(f"{incident.where}: {incident.text}")
    return True


def read_metadata(file: Path) -> Metadata:
    """Return what Gradescope says of a hand-in, and nothing where that cannot be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Metadata, strict=False)
    except (OSError, msgspec.MsgspecError) as error:
        print(f"{file.name} cannot be read ({error}): earlier hand-ins are not looked at.")
        return Metadata()


def best_before(metadata: Metadata, assignment: Assignment) -> Fraction:
    """Return the best earlier score; one above what can be earned is none of ours."""
    most = sum((exercise.points for exercise in assignment.exercises), Fraction(0))
    scores = [Fraction(str(p.score)) for p in metadata.previous_submissions if p.score is not None]
    return max((score for score in scores if 0 <= score <= most), default=Fraction(0))


def only_assignment(course: Course) -> Assignment:
    """Return the assignment the archive was made for."""
    if len(course.assignments) != 1 or course.assignments[0].hidden is None:
        raise UsageError("The archive lacks an assignment with its solution. Make it anew.")
    return course.assignments[0]


def require(processes: Processes, required: Level) -> None:
    """Refuse to run behind weaker walls than these."""
    level = processes.isolation.level
    if not level.reaches(required):
        why = "; ".join(processes.isolation.refused)
        raise IsolationError(
            f"This container gives the isolation {level}, and {required} is needed ({why})."
        )


def the_notebook(folder: Path, assignment: Assignment, metadata: Metadata) -> Submission:
    """Return the hand-in: the notebook of the assignment's name, or the only one there."""
    people = tuple(Person(user.name, email=user.email) for user in metadata.users)
    origin = Origin("gradescope", people, metadata.created_at, is_late(metadata))
    try:
        found = take_in([folder])
    except UsageError as error:
        return Submission("submission", "", refusing(str(error)), origin)
    name = f"{assignment.name}.ipynb"
    hits = [s for s in found if PurePosixPath(s.source).name == name]
    hits = hits if len(found) > 1 else found
    if len(hits) == 1:
        return Submission("submission", hits[0].source, hits[0].load, origin)
    problem = f"Hand in one notebook, or call it {name}: there are {len(found)}."
    return Submission("submission", "", refusing(problem), origin)


def refusing(problem: str) -> Callable[[], HandIn]:
    """Return a way to load that says why there is nothing to load."""

    def load() -> HandIn:
        raise Refused(problem)

    return load


def is_late(metadata: Metadata) -> bool | None:
    """Tell whether a hand-in came after it was due; None where Gradescope does not say."""
    try:
        due = datetime.fromisoformat(metadata.assignment.due_date or "")
        return datetime.fromisoformat(metadata.created_at) > due
    except (ValueError, TypeError):
        return None
