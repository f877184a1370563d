"""From one submission to its grade, as a list of steps one can read aloud."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cached_property, partial

from grader.engine.slots import Slots
from grader.errors import CourseError, Refused, SourceGone
from grader.model import (
    Action,
    Assignment,
    CellRun,
    Course,
    ExerciseGrade,
    Grade,
    HandIn,
    Incident,
    Outcome,
    QuestionAnswer,
    Submission,
)
from grader.notebook.answers import find_answers
from grader.notebook.causes import Evidence, cause, failures
from grader.notebook.given import as_given
from grader.notebook.names import defined, members, mentioned
from grader.notebook.read import Notebook, read_notebook
from grader.notebook.receipt import misfits
from grader.notebook.rules import Form, broken_rules
from grader.processes.executing import Execution
from grader.processes.judgement import FAULT, Judgement, key_of
from grader.processes.launch import Judges, Processes
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
    slots: Slots | None = None
    # Told of each submission whenever more of its checks have been made.
    watch: Callable[[Grade], None] | None = None


@dataclass
class Work:
    """One submission on its way through the steps; each step fills in a little more."""

    run: Run
    submission: Submission
    hand_in: HandIn = field(default_factory=lambda: HandIn(b""))
    notebook: Notebook = field(default_factory=lambda: Notebook(()))
    assignment: Assignment | None = None
    members: tuple[str, ...] = ()
    isolation: str = ""
    cells: tuple[CellRun, ...] = ()
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
        return as_given(self.known)

    @cached_property
    def judges(self) -> Judges:
        """The checks of the assignment."""
        run = self.run
        return run.processes.judges(self.known, run.secret, public_only=run.public_only)


def open_hand_in(work: Work) -> None:
    """Read the bytes that were handed in."""
    work.hand_in = work.submission.load()
    work.incidents += [Incident("receipt", text) for text in misfits(work.hand_in)]


def read_cells(work: Work) -> None:
    """Find the cells in them, however damaged the notebook is."""
    work.notebook = read_notebook(work.hand_in.notebook)
    work.members = members(work.notebook)
    work.remarks = work.notebook.warnings


def recognise(work: Work) -> None:
    """Tell which assignment it is: the one most of whose exercises it defines."""
    work.assignment = work.run.assignment or recognised(work.run.course, work.notebook)
    names = {exercise.name for exercise in work.known.exercises}
    if not (names & defined(work.notebook) or names & mentioned(work.notebook)):
        raise Refused(
            f"The notebook defines none of the exercises of {work.known.name}. Was the right file "
            "handed in?"
        )


def look_at_form(work: Work) -> None:
    """Hold the hand-in against the rules of form; some make a remark, some refuse it."""
    form = Form(work.notebook, work.skeleton, work.members, work.hand_in.files)
    broken = broken_rules(work.known.rules, form)
    work.remarks += tuple(rule.text for rule in broken)
    if any(rule.action is Action.refuse for rule in broken):
        raise Refused(" ".join(rule.text for rule in broken if rule.action is Action.refuse))


def collect_answers(work: Work) -> None:
    """Find the free texts, which a person will mark."""
    work.questions = find_answers(work.notebook, work.known.questions, work.skeleton)


def execute_and_judge(work: Work) -> None:
    """Run the cells in a worker, and every check against what they define."""
    seed = derive_seed(work.run.secret, work.known.name)
    data = list(work.known.data)
    run, slots = work.run, work.run.slots
    execution = Execution(
        run.processes, work.notebook.code, work.hand_in, data, seed, gpu=slots is not None
    )
    judgement = Judgement(
        work.judges, execution, work.known.limits, run.device, slots=slots, kind=work.known.name
    )
    judgement.watch = partial(report, work, judgement)
    report(work, judgement)
    judgement.run()
    work.isolation = isolation_text(execution.walls, work.run.processes.isolation.open)
    work.cells = tuple(execution.runs[index] for index in sorted(execution.runs))
    work.incidents += [*execution.incidents.values(), *judgement.incidents]
    work.incidents += [Incident("notebook", note) for note in execution.notes]
    evidence = Evidence(work.notebook, work.skeleton, failures(work.cells))
    work.exercises = graded(work.known, judgement, evidence)


def report(work: Work, judgement: Judgement) -> None:
    """Tell who watches what is known so far; checks that are still to come are not run yet."""
    if work.run.watch is None:
        return
    evidence = Evidence(work.notebook, work.skeleton)
    exercises = graded(work.known, judgement, evidence)
    name, questions = work.submission.name, work.questions
    work.run.watch(
        Grade(name, work.known.name, work.members, exercises=exercises, questions=questions)
    )


def isolation_text(walls: list[str], left_open: Iterable[str]) -> str:
    """Return what a worker stood behind in words: the level, its walls, what they do not stop."""
    if not walls:
        return ""
    level, *others = walls
    gaps = ", ".join(left_open)
    return f"{level} ({', '.join(others)})" + (f"; not prevented: {gaps}" if gaps else "")


def graded(
    assignment: Assignment, judgement: Judgement, evidence: Evidence
) -> tuple[ExerciseGrade, ...]:
    """Return the grade of every exercise that has checks, with what cost points besides errors."""
    grades = []
    blank = {key_of(check): check for check in judgement.judges.checks}
    known = [judgement.results.get(key, blank[key]) for key in blank]
    for exercise in assignment.exercises:
        results = [result for result in known if result.exercise == exercise.name]
        done = [r for r in results if r.outcome not in {Outcome.passed, Outcome.not_run}]
        told = [r.detail or r.message for r in done]
        why = cause(evidence, exercise.name, told) if told else ""
        notes = filter(None, (judgement.notes.get(exercise.name), why))
        grades.append(grade_exercise(exercise, results, " ".join(notes)))
    return tuple(grades)


STEPS: tuple[Callable[[Work], None], ...] = (
    open_hand_in,
    read_cells,
    recognise,
    collect_answers,
    look_at_form,
    execute_and_judge,
)


@dataclass(frozen=True)
class Graded:
    """A grade, and the notebook it belongs to."""

    grade: Grade
    notebook: Notebook


def grade_one(run: Run, submission: Submission) -> Graded:
    """Take one submission through every step; whatever happens, there is a grade.

    Raises `CourseError` when the assignment itself is broken, and `SourceGone` when our own
    processes are: nothing can be graded then.
    """
    work, start, refused = Work(run, submission), time.monotonic(), ""
    try:
        for step in STEPS:
            step(work)
    except Refused as error:
        refused = str(error)
    except (CourseError, SourceGone):
        raise
    except Exception as error:
        # The boundary of the batch: a fault of ours must not take the other submissions along.
        work.incidents.append(Incident("the grader", f"{type(error).__name__}: {error}"))
        refused = FAULT
    grade = Grade(
        submission=submission.name,
        assignment=work.assignment.name if work.assignment else "",
        members=work.members,
        device=run.device,
        isolation=work.isolation,
        refused=refused,
        exercises=work.exercises,
        questions=work.questions,
        incidents=tuple(work.incidents),
        cells=work.cells,
        seconds=time.monotonic() - start,
        digest=work.hand_in.digest if work.hand_in.notebook else "",
        remarks=work.remarks,
        origin=submission.origin,
    )
    return Graded(grade, work.notebook)


def grade_all(run: Run, submissions: Iterable[Submission], jobs: int) -> Iterator[Graded]:
    """Grade many submissions, `jobs` at a time, and yield each as soon as it is done."""
    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(grade_one, run, submission) for submission in submissions]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            # Also when the caller stops asking: what has not begun never will.
            pool.shutdown(wait=True, cancel_futures=True)


def recognised(course: Course, notebook: Notebook) -> Assignment:
    """Return the assignment most of whose exercises the notebook defines."""
    # A notebook whose every cell became text is still told, if only to say so.
    for names in (defined(notebook), mentioned(notebook)):
        hits = {a.name: sum(e.name in names for e in a.exercises) for a in course.assignments}
        best = max(hits.values(), default=0)
        if best:
            break
    found = [a for a in course.assignments if best and hits[a.name] == best]
    if len(found) != 1:
        raise Refused(
            "The grader could not tell which assignment this is: it defines the exercises of "
            f"{' and '.join(a.name for a in found) or 'none'}. Name it with --assignment."
        )
    return found[0]
