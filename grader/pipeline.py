"""From one submission to its grade, as a list of steps one can read aloud."""

import time
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from grader.digests import Keys
from grader.engine.slots import Slots
from grader.errors import CourseError, Refused, SourceGone
from grader.finding import Case, find_out
from grader.model import (
    Action,
    Assignment,
    Course,
    ExerciseGrade,
    ExerciseResults,
    Grade,
    HandIn,
    Incident,
    NotebookRun,
    Origin,
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
from grader.processes.judgement import FAULT
from grader.processes.launch import Judges, Processes
from grader.recall import Findings, Memory, place_of_run, with_fitting_notes
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
        return as_given(self.known)

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
    work.remarks += tuple(rule.text for rule in broken)
    if any(rule.action is Action.refuse for rule in broken):
        raise Refused(" ".join(rule.text for rule in broken if rule.action is Action.refuse))


def collect_answers(work: Work) -> None:
    """Find the free texts, which a person will mark."""
    work.questions = find_answers(work.notebook, work.known.questions, work.skeleton)


def execute_and_judge(work: Work) -> None:
    """Run the cells in a worker, and against what they define every check that is not known."""
    findings = work.findings
    if not findings.are_complete(work.known):
        find_out(case_of(work), findings)
    with_fitting_notes(work.known, findings)
    work.incidents += findings.incidents()
    cells = findings.run.cells if findings.run is not None else ()
    evidence = Evidence(work.notebook, work.skeleton, failures(cells))
    work.exercises = graded(work.known, findings.results, evidence)


def case_of(work: Work) -> Case:
    """Return what is to be found out, by whom and where."""
    run = work.run
    return Case(
        run.processes,
        work.judges,
        work.known,
        work.notebook.code,
        work.hand_in,
        derive_seed(run.secret, work.known.name),
        run.device,
        run.slots,
        partial(report, work) if run.watch is not None else None,
    )


def report(work: Work, results: Mapping[str, ExerciseResults]) -> None:
    """Tell who watches what is known so far; checks that are still to come are not run yet."""
    if work.run.watch is None:
        return
    evidence = Evidence(work.notebook, work.skeleton)
    exercises = graded(work.known, results, evidence)
    name, questions = work.submission.name, work.questions
    work.run.watch(
        Grade(name, work.known.name, work.members, exercises=exercises, questions=questions)
    )


def graded(
    assignment: Assignment, results: Mapping[str, ExerciseResults], evidence: Evidence
) -> tuple[ExerciseGrade, ...]:
    """Return the grade of every exercise, with what cost points besides errors."""
    grades = []
    for exercise in assignment.exercises:
        found = results[exercise.name]
        done = [r for r in found.checks if r.outcome not in {Outcome.passed, Outcome.not_run}]
        told = [r.detail or r.message for r in done]
        why = cause(evidence, exercise.name, told) if told else ""
        notes = filter(None, (found.note, why))
        grades.append(grade_exercise(exercise, found.checks, " ".join(notes)))
    return tuple(grades)


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


def grade_one(run: Run, submission: Submission, findings: Findings | None = None) -> Graded:
    """Take one submission through every step; whatever happens, there is a grade.

    `findings` is what somebody else remembers of it. Raises `CourseError` when the assignment
    itself is broken, and `SourceGone` when our own processes are: nothing can be graded then.
    """
    work, start, refused = Work(run, submission), time.monotonic(), ""
    work.findings = findings or Findings()
    try:
        for step in STEPS:
            step(work)
            if work.recorded is not None:
                grade = with_origin(work.recorded, submission)
                return Graded(grade, work.notebook, work.hand_in, work.keys, recorded=True)
    except Refused as error:
        refused = str(error)
    except (CourseError, SourceGone):
        raise
    except Exception as error:
        # The boundary of the batch: a fault of ours must not take the other submissions along.
        work.incidents.append(Incident("the grader", f"{type(error).__name__}: {error}"))
        refused = FAULT
    grade = filed(grade_of(work, refused, time.monotonic() - start), work.keys, work.findings)
    return Graded(grade, work.notebook, work.hand_in, work.keys, work.findings)


def grade_of(work: Work, refused: str, seconds: float) -> Grade:
    """Return the grade that a submission's way through the steps amounts to."""
    run = work.findings.run or NotebookRun(())
    # What cannot be read is of the assignment that was named, too.
    assignment = work.assignment or work.run.assignment
    return Grade(
        submission=work.submission.name,
        assignment=assignment.name if assignment else "",
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
        origin=work.submission.origin,
    )


def filed(grade: Grade, keys: Keys | None, findings: Findings) -> Grade:
    """Return a grade that says on which basis it rests, and where what the cells showed is kept."""
    if keys is None or grade.refused:
        return grade
    basis = keys.basis if findings.are_certain else ""
    return replace(grade, basis=basis, run=place_of_run(keys, findings))


def with_origin(grade: Grade, submission: Submission) -> Grade:
    """Return a recorded grade with what the course site says now, if it says anything."""
    known = submission.origin if submission.origin != Origin() else grade.origin
    return replace(grade, origin=known)


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
