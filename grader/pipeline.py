"""From one submission to its grade, as a list of steps one can read aloud."""

import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cached_property

from grader.digests import Keys
from grader.errors import CourseError, Refused, SourceGone
from grader.finding import Case, find_out
from grader.model import (
    Action,
    Assignment,
    Course,
    ExerciseGrade,
    Grade,
    HandIn,
    Incident,
    NotebookRun,
    QuestionAnswer,
    Submission,
)
from grader.notebook.answers import find_answers
from grader.notebook.names import defined, members
from grader.notebook.read import Notebook, read_notebook
from grader.notebook.rules import Form, broken_rules
from grader.processes.judgement import FAULT
from grader.processes.launch import Judges, Processes
from grader.recall import (
    Findings,
    Memory,
    place_of_run,
    with_fitting_notes,
)
from grader.scoring import grade_exercise
from grader.seeding import derive_seed


@dataclass(frozen=True)
class Run:
    """What holds for a whole run of the grader."""

    course: Course
    processes: Processes
    secret: str
    assignment: Assignment | None = None
    device: str = "cpu"
    public_only: bool = False
    memory: Memory | None = None


@dataclass
class Work:
    """One submission on its way through the steps; each step fills in a little more."""

    run: Run
    submission: Submission
    hand_in: HandIn = field(default_factory=lambda: HandIn(b""))
    notebook: Notebook = field(default_factory=lambda: Notebook(()))
    assignment: Assignment | None = None
    members: tuple[str, ...] = ()
    recorded: Grade | None = None
    findings: Findings = field(default_factory=Findings)
    exercises: tuple[ExerciseGrade, ...] = ()
    questions: tuple[QuestionAnswer, ...] = ()
    remarks: tuple[str, ...] = ()
    incidents: list[Incident] = field(default_factory=list)

    @cached_property
    def known(self) -> Assignment:
        """The assignment, once it has been recognised."""
        if self.assignment is None:
            raise Refused("The grader could not tell which assignment this is.")
        return self.assignment

    @cached_property
    def skeleton(self) -> Notebook:
        """The notebook as students got it."""
        file = self.known.folder / f"{self.known.name}.ipynb"
        return read_notebook(file.read_bytes()) if file.exists() else Notebook(())

    @cached_property
    def judges(self) -> Judges:
        """The checks of the assignment."""
        run = self.run
        judges = run.processes.judges(self.known, run.secret, public_only=run.public_only)
        if run.memory is not None:
            run.memory.confirm(self.known)
        return judges

    @cached_property
    def keys(self) -> Keys | None:
        """What decides the results, where they are remembered."""
        if self.run.memory is None or self.assignment is None:
            return None
        return self.run.memory.keys(self.assignment, self.notebook.code, self.hand_in)


def open_hand_in(work: Work) -> None:
    """Read the bytes that were handed in."""
    work.hand_in = work.submission.load()


def read_cells(work: Work) -> None:
    """Find the cells in them, however damaged the notebook is."""
    work.notebook = read_notebook(work.hand_in.notebook)
    work.members = members(work.notebook)
    work.incidents += [Incident("notebook", warning) for warning in work.notebook.warnings]


def recognise(work: Work) -> None:
    """Tell which assignment it is: the one most of whose exercises it defines."""
    work.assignment = work.run.assignment or recognised(work.run.course, work.notebook)
    if not defined(work.notebook) & {exercise.name for exercise in work.known.exercises}:
        raise Refused(
            f"The notebook defines none of the exercises of {work.known.name}. Was the right file "
            "handed in?"
        )


def remember(work: Work) -> None:
    """Look up what is known of this very hand-in: its grade, or some of what it rests on."""
    if work.run.memory is not None and work.keys is not None:
        name = work.submission.name
        work.recorded = work.run.memory.recorded(work.known, name, work.keys)
        if work.recorded is None:
            work.findings = work.run.memory.recall(work.known, name, work.keys)


def look_at_form(work: Work) -> None:
    """Hold the hand-in against the rules of form; some make a remark, some refuse it."""
    form = Form(work.notebook, work.skeleton, work.members, work.hand_in.files)
    broken = broken_rules(work.known.rules, form)
    work.remarks = tuple(rule.text for rule in broken)
    if any(rule.action is Action.refuse for rule in broken):
        raise Refused(" ".join(rule.text for rule in broken if rule.action is Action.refuse))


def collect_answers(work: Work) -> None:
    """Find the free texts, which a person will mark."""
    work.questions = find_answers(work.notebook, work.known.questions, work.skeleton)


def execute_and_judge(work: Work) -> None:
    """Run the cells in a worker, and against what they define every check that is not known."""
    findings = work.findings
    if findings.run is None or len(findings.results) < len(work.known.exercises):
        seed = derive_seed(work.run.secret, work.known.name)
        hand_in, code = work.hand_in, work.notebook.code
        processes, device = work.run.processes, work.run.device
        find_out(Case(processes, work.judges, work.known, code, hand_in, seed, device), findings)
    with_fitting_notes(work.known, findings)
    work.incidents += findings.incidents()
    work.exercises = tuple(
        grade_exercise(exercise, found.checks, found.note)
        for exercise in work.known.exercises
        for found in [findings.results[exercise.name]]
    )


STEPS: tuple[Callable[[Work], None], ...] = (
    open_hand_in,
    read_cells,
    recognise,
    remember,
    collect_answers,
    look_at_form,
    execute_and_judge,
)


@dataclass(frozen=True)
class Graded:
    """A grade, the notebook it belongs to, and what it was found from.

    `recorded` tells that it stands in the gradebook already, on the very same basis.
    """

    grade: Grade
    notebook: Notebook
    hand_in: HandIn = field(default_factory=lambda: HandIn(b""))
    keys: Keys | None = None
    findings: Findings = field(default_factory=Findings)
    recorded: bool = False


def grade_one(run: Run, submission: Submission) -> Graded:
    """Take one submission through every step; whatever happens, there is a grade.

    Raises `CourseError` when the assignment itself is broken, and `SourceGone` when our own
    processes are: nothing can be graded then.
    """
    work, start, refused = Work(run, submission), time.monotonic(), ""
    try:
        for step in STEPS:
            step(work)
            if work.recorded is not None:
                return Graded(work.recorded, work.notebook, work.hand_in, work.keys, recorded=True)
    except Refused as error:
        refused = str(error)
    except (CourseError, SourceGone):
        raise
    except Exception as error:
        # The boundary of the batch: a fault of ours must not take the other submissions along.
        work.incidents.append(Incident("the grader", f"{type(error).__name__}: {error}"))
        refused = FAULT
    grade = grade_of(work, refused, time.monotonic() - start)
    return Graded(grade, work.notebook, work.hand_in, work.keys, work.findings)


def grade_of(work: Work, refused: str, seconds: float) -> Grade:
    """Return the grade that a submission's way through the steps amounts to."""
    run, keys = work.findings.run or NotebookRun(()), work.keys
    is_certain = keys is not None and not refused and work.findings.are_certain
    return Grade(
        submission=work.submission.name,
        assignment=work.assignment.name if work.assignment else "",
        members=work.members,
        device=work.run.device,
        isolation=run.isolation,
        refused=refused,
        exercises=work.exercises,
        questions=work.questions,
        incidents=tuple(work.incidents),
        cells=run.cells,
        seconds=seconds,
        digest=work.hand_in.digest if work.hand_in.notebook else "",
        remarks=work.remarks,
        basis=keys.basis if keys is not None and is_certain else "",
        run=place_of_run(keys, work.findings) if keys is not None and not refused else "",
    )


def grade_all(
    run: Run,
    submissions: Iterable[Submission],
    jobs: int,
    begun: Callable[[Submission], None] = lambda _: None,
) -> Generator[Graded, None, None]:
    """Grade many submissions, `jobs` at a time, and yield each as soon as it is done.

    `begun` is called as each begins, in the thread that grades it. Once the caller stops asking,
    everything under way is ended at once.
    """

    def take(submission: Submission) -> Graded:
        begun(submission)
        return grade_one(run, submission)

    with ThreadPoolExecutor(jobs) as pool:
        waiting = {pool.submit(take, submission) for submission in submissions}
        try:
            # Popped: a whole class of executed notebooks would not fit into memory.
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                while done:
                    yield done.pop().result()
        except BaseException:
            run.processes.stop()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def recognised(course: Course, notebook: Notebook) -> Assignment:
    """Return the assignment most of whose exercises the notebook defines."""
    names = defined(notebook)
    hits = {a.name: sum(e.name in names for e in a.exercises) for a in course.assignments}
    best = max(hits.values(), default=0)
    found = [a for a in course.assignments if best and hits[a.name] == best]
    if len(found) != 1:
        raise Refused(
            "The grader could not tell which assignment this is: it defines the exercises of "
            f"{' and '.join(a.name for a in found) or 'none'}. Name it with --assignment."
        )
    return found[0]
