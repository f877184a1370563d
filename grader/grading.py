"""Grade many submissions: on the cores of this machine, or on others through an executor."""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import islice
from pathlib import Path

from grader.digests import Keys, Setting
from grader.engine.choose import LOCAL, Choice, open_executor
from grader.errors import GraderFault, MachineLost, Refused
from grader.jobs import Done, Terms, content_of, decode, encode, job_of
from grader.model import (
    Assignment,
    Course,
    Grade,
    HandIn,
    Incident,
    Isolation,
    Level,
    Submission,
)
from grader.notebook.read import Notebook, read_notebook
from grader.pipeline import Graded, Run, filed, grade_all, recognised, with_origin
from grader.processes.judgement import FAULT
from grader.processes.launch import Processes
from grader.recall import Findings, Memory
from grader.seeding import derive_seed
from grader.settings import course_secret
from grader.station import grade_job, open_slots, require
from grader.store.gradebook import Gradebook

# Jobs that a scheduler holds in its memory at a time. Slurm's lie in files.
WINDOW = 256

# An assignment, or None for whichever it is; the submissions; what is told of each that begins.
GradeThem = Callable[
    [Assignment | None, Iterable[Submission], Callable[[Submission], None]],
    Generator[Graded, None, None],
]


@dataclass(frozen=True)
class Plan:
    """How a whole folder is to be graded.

    `book` remembers earlier results; `afresh` and `decided` say how much of that counts, as in
    `Memory`. No worker may see the `hidden` paths, the course and `out`.
    """

    course: Course
    book: Gradebook
    hidden: tuple[Path, ...]
    out: Path
    jobs: int
    required: Level
    device: str = "cpu"
    choice: Choice = field(default_factory=Choice)
    afresh: bool = False
    decided: bool = True

    def memory(self, secret: str, isolation: Isolation) -> Memory:
        """Return what is remembered and holds behind these walls."""
        setting = Setting(secret, self.device, isolation)
        return Memory(self.book, setting, afresh=self.afresh, decided=self.decided)


@contextmanager
def open_grading(plan: Plan) -> Iterator[GradeThem]:
    """Yield what grades submissions and gives their grades as they come.

    Raises `IsolationError` where this machine gives less than is required, and `UsageError` where
    the executor cannot be had.
    """
    if plan.choice.kind == LOCAL:
        with open_here(plan) as grade_them:
            yield grade_them
    else:
        with open_executor(plan.choice, plan.jobs, plan.out) as executor:
            # Slurm's executor finds out by itself over which hand-in a machine died.
            yield Far(plan, executor, None if plan.choice.kind == "slurm" else WINDOW).grade


@contextmanager
def open_here(plan: Plan) -> Iterator[GradeThem]:
    """Yield what grades on this machine, with its own warm processes."""
    secret = course_secret(plan.course.root)
    started = Processes([plan.course.root, plan.out, *plan.hidden])
    # While they warm up. TRAP: threads that import these two at the same moment lock each other
    # out, because both import jupyter_client.
    for slow in ("jupytext", "nbconvert"):
        import_module(slow)
    with started as processes:
        require(processes.isolation, plan.required)
        slots = open_slots(processes, plan.device)
        memory = plan.memory(secret, processes.isolation)
        run = Run(plan.course, processes, secret, device=plan.device, slots=slots, memory=memory)
        yield lambda chosen, submissions, begun: grade_all(
            replace(run, assignment=chosen), submissions, plan.jobs, begun
        )


def terms_of(plan: Plan, secret: str, chosen: Assignment | None) -> Terms:
    """Return what machines must know of a run, and no secret."""
    return Terms(
        course=str(plan.course.root.resolve()),
        hidden=[str(path.resolve()) for path in (plan.course.root, plan.out, *plan.hidden)],
        required=plan.required,
        assignment=chosen.name if chosen else None,
        device=plan.device,
        content=content_of(plan.course),
        key=derive_seed(secret, "which secret"),
    )


@dataclass(frozen=True)
class Known:
    """A hand-in as it is read before it is sent, and once more when its grade is back."""

    hand_in: HandIn = field(default_factory=lambda: HandIn(b""))
    notebook: Notebook = field(default_factory=lambda: Notebook(()))
    assignment: Assignment | None = None
    keys: Keys | None = None


class Far:
    """Grades submissions on other machines; what is remembered is looked up before they are sent.

    At most `window` are on their way at a time. Where a machine dies over several of them, each is
    tried once more with nothing else on its way, and comes back as not graded if that fails, too.
    Without `window` the executor gets all at once.

    What walls stand over there is not known here: results are remembered for runs that require the
    same of them.
    """

    def __init__(self, plan: Plan, executor: Executor, window: int | None = WINDOW) -> None:
        self.plan, self.executor, self.window = plan, executor, window
        self.secret = course_secret(plan.course.root)
        self.memory = plan.memory(self.secret, Isolation(plan.required, (plan.choice.kind,)))

    def grade(
        self,
        chosen: Assignment | None,
        submissions: Iterable[Submission],
        begun: Callable[[Submission], None],
    ) -> Generator[Graded, None, None]:
        """Grade submissions, and yield each as soon as it is back; what is recorded comes first.

        Raises `GraderError` when the run as a whole cannot go on.
        """
        left, suspects = [], []
        for submission in submissions:
            recorded = self._recorded(chosen, submission)
            if recorded is None:
                left.append(submission)
            else:
                yield recorded
        terms = terms_of(self.plan, self.secret, chosen)
        for submission, future in self._over(terms, chosen, left, begun, self.window):
            if self.window is not None and isinstance(future.exception(), MachineLost):
                suspects.append(submission)
            else:
                yield self._graded(chosen, submission, future)
        for submission, future in self._over(terms, chosen, suspects, begun, 1):
            yield self._graded(chosen, submission, future)

    def _over(
        self,
        terms: Terms,
        chosen: Assignment | None,
        submissions: Iterable[Submission],
        begun: Callable[[Submission], None],
        window: int | None,
    ) -> Iterator[tuple[Submission, Future[bytes]]]:
        """Send submissions off, at most `window` at a time, and yield those that are over."""
        queue = iter(submissions)
        waiting: dict[Future[bytes], Submission] = {}
        try:
            while True:
                room = None if window is None else window - len(waiting)
                for submission in islice(queue, room):
                    begun(submission)
                    job = encode(job_of(terms, submission, self._findings(chosen, submission)))
                    waiting[self.executor.submit(grade_job, job)] = submission
                if not waiting:
                    return
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    yield waiting.pop(future), future
        finally:
            for future in waiting:
                future.cancel()

    def _known(self, chosen: Assignment | None, submission: Submission) -> Known:
        """Read a hand-in; what cannot be read, or told which assignment it is, is refused there."""
        known = Known()
        with suppress(Refused):
            known = Known(submission.load())
            known = replace(known, notebook=read_notebook(known.hand_in.notebook))
            assignment = chosen or recognised(self.plan.course, known.notebook)
            keys = self.memory.keys(assignment, known.notebook.code, known.hand_in)
            known = replace(known, assignment=assignment, keys=keys)
        return known

    def _recorded(self, chosen: Assignment | None, submission: Submission) -> Graded | None:
        known = self._known(chosen, submission)
        if known.assignment is None or known.keys is None:
            return None
        grade = self.memory.recorded(known.assignment, submission.name, known.keys)
        if grade is None:
            return None
        grade = with_origin(grade, submission)
        return Graded(grade, known.notebook, known.hand_in, known.keys, recorded=True)

    def _findings(self, chosen: Assignment | None, submission: Submission) -> Findings:
        known = self._known(chosen, submission)
        if known.assignment is None or known.keys is None:
            return Findings()
        return self.memory.recall(known.assignment, submission.name, known.keys)

    def _graded(
        self, chosen: Assignment | None, submission: Submission, future: Future[bytes]
    ) -> Graded:
        """Return what came back for a submission; raises `GraderError` when the run must stop."""
        known = self._known(chosen, submission)
        try:
            done = decode(future.result(), Done)
        except MachineLost as error:
            return Graded(self._lost(submission, known, error), known.notebook)
        if done.grade is None:
            raise GraderFault(done.stop)
        if known.assignment is not None and known.keys is not None:
            self.memory.confirm(known.assignment)
        cells = done.findings.run.cells if done.findings.run is not None else ()
        grade = filed(replace(done.grade, cells=cells), known.keys, done.findings)
        grade = with_origin(grade, submission)
        return Graded(grade, known.notebook, known.hand_in, known.keys, done.findings)

    def _lost(self, submission: Submission, known: Known, error: MachineLost) -> Grade:
        return Grade(
            submission.name,
            "",
            device=self.plan.device,
            refused=f"{FAULT} {error}",
            incidents=(Incident("the machines", str(error)),),
            digest=known.hand_in.digest if known.hand_in.notebook else "",
            origin=submission.origin,
        )
