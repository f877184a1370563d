"""Grade many submissions: on the cores of this machine, or on others through an executor."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from grader.engine.choose import LOCAL, Choice, open_executor
from grader.errors import GraderFault, MachineLost, Refused
from grader.jobs import Done, Terms, content_of, decode, encode, job_of
from grader.model import Assignment, Course, Grade, HandIn, Incident, Level, Submission
from grader.notebook.read import Notebook, read_notebook
from grader.pipeline import Graded, Run, grade_all
from grader.processes.judgement import FAULT
from grader.processes.launch import Processes
from grader.seeding import derive_seed
from grader.settings import course_secret
from grader.station import grade_job, open_slots, require

# Jobs that a scheduler holds in its memory at a time. Slurm's lie in files.
WINDOW = 256

GradeThem = Callable[[Iterable[Submission]], Iterator[Graded]]


@dataclass(frozen=True)
class Plan:
    """How a whole folder is to be graded; `hidden` are paths that no worker may see."""

    course: Course
    hidden: tuple[Path, ...]
    out: Path
    jobs: int
    required: Level
    assignment: Assignment | None = None
    device: str = "cpu"
    choice: Choice = field(default_factory=Choice)


@contextmanager
def open_grading(plan: Plan) -> Iterator[GradeThem]:
    """Yield what grades submissions and gives their grades as they come.

    Raises `IsolationError` where this machine gives less than is required, and `UsageError` where
    the executor cannot be had.
    """
    secret = course_secret(plan.course.root)
    if plan.choice.kind == LOCAL:
        with Processes(plan.hidden) as processes:
            require(processes.isolation, plan.required)
            slots = open_slots(processes, plan.device)
            run = Run(plan.course, processes, secret, plan.assignment, plan.device, slots=slots)
            yield lambda submissions: grade_all(run, submissions, plan.jobs)
        return
    terms = terms_of(plan, secret)
    with open_executor(plan.choice, plan.jobs, plan.out) as executor:
        window = None if plan.choice.kind == "slurm" else WINDOW
        yield lambda submissions: grade_far(executor, terms, submissions, window)


def terms_of(plan: Plan, secret: str) -> Terms:
    """Return what machines must know of a run, and no secret."""
    return Terms(
        course=str(plan.course.root.resolve()),
        hidden=[str(path.resolve()) for path in plan.hidden],
        required=plan.required,
        assignment=plan.assignment.name if plan.assignment else None,
        device=plan.device,
        content=content_of(plan.course),
        key=derive_seed(secret, "which secret"),
    )


def grade_far(
    executor: Executor, terms: Terms, submissions: Iterable[Submission], window: int | None = None
) -> Iterator[Graded]:
    """Grade submissions on other machines, and yield each as soon as it is back.

    At most `window` are on their way at a time. Where a machine dies over several of them, each is
    tried once more with nothing else on its way, and comes back as not graded if that fails, too.
    Without `window` the executor gets all at once and finds out by itself who it was. Raises
    `GraderError` when the run as a whole cannot go on.
    """
    suspects = []
    for submission, future in results(executor, terms, submissions, window):
        if window is not None and isinstance(future.exception(), MachineLost):
            suspects.append(submission)
        else:
            yield graded(submission, future, terms.device)
    for submission, future in results(executor, terms, suspects, 1):
        yield graded(submission, future, terms.device)


def results(
    executor: Executor, terms: Terms, submissions: Iterable[Submission], window: int | None
) -> Iterator[tuple[Submission, Future[bytes]]]:
    """Send submissions off, at most `window` at a time, and yield those that are over."""
    queue = iter(submissions)
    waiting: dict[Future[bytes], Submission] = {}
    try:
        while True:
            room = None if window is None else window - len(waiting)
            for submission in islice(queue, room):
                job = encode(job_of(terms, submission))
                waiting[executor.submit(grade_job, job)] = submission
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future
    finally:
        for future in waiting:
            future.cancel()


def graded(submission: Submission, future: Future[bytes], device: str) -> Graded:
    """Return what came back for a submission; raises `GraderError` when the run must stop."""
    hand_in, notebook = HandIn(b""), Notebook(())
    # Read here once more: the grade alone travels back.
    with suppress(Refused):
        hand_in = submission.load()
        notebook = read_notebook(hand_in.notebook)
    try:
        done = decode(future.result(), Done)
    except MachineLost as error:
        lost = Grade(
            submission.name,
            "",
            device=device,
            refused=f"{FAULT} {error}",
            incidents=(Incident("the machines", str(error)),),
            digest=hand_in.digest if hand_in.notebook else "",
        )
        return Graded(lost, notebook)
    if done.grade is None:
        raise GraderFault(done.stop)
    return Graded(done.grade, notebook)
