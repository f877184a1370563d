"""The far end: what a worker of a cluster runs, with processes that stay warm from job to job."""

import atexit
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from grader.engine.cards import find_cards, meter
from grader.engine.slots import Slots
from grader.errors import CourseError, GraderError, IsolationError, SourceGone
from grader.jobs import Done, Job, Terms, content_of, decode, encode, handed_in
from grader.model import Course, Isolation, Level, Submission
from grader.pipeline import Graded, Run, grade_one
from grader.processes.judgement import FAULT
from grader.processes.launch import Processes
from grader.processes.scrub import scrubber
from grader.seeding import derive_seed
from grader.settings import course_secret, load_course


def grade_job(data: bytes) -> bytes:
    """Grade one job on this machine; what a worker of a cluster is asked to run.

    The first job starts the warm processes, which stay for the next ones.
    """
    try:
        graded = graded_here(data)
    except (GraderError, OSError) as error:
        return encode(Done(None, stop=str(error)))
    return encode(Done(replace(graded.grade, cells=()), graded.findings))


def graded_here(data: bytes) -> Graded:
    """Return the grade of a job; a fault of ours is worth another try, with other processes."""
    with suppress(SourceGone):
        graded = graded_once(data)
        if graded.grade.refused != FAULT:
            return graded
    HERE.close()
    return graded_once(data)


def graded_once(data: bytes) -> Graded:
    """Grade a job with the processes that are there."""
    # Read anew each time: what is found out is added to what the job says is known.
    job = decode(data, Job)
    submission = Submission(job.name, job.source, lambda: handed_in(job))
    return grade_one(HERE.run(job.terms), submission, job.findings)


class Station:
    """The warm processes of this machine, for one run at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._terms: Terms | None = None
        self._processes: Processes | None = None
        self._run: Run | None = None

    def run(self, terms: Terms) -> Run:
        """Return what grades under these terms; starts it when they are new here."""
        with self._lock:
            if self._run is None or self._terms != terms:
                self._close()
                self._processes, self._run = start(terms)
                self._terms = terms
            return self._run

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._processes is not None:
            self._processes.__exit__()
        self._processes = self._run = None


HERE = Station()
atexit.register(HERE.close)


def start(terms: Terms) -> tuple[Processes, Run]:
    """Start the processes for a run; raises `GraderError` where this machine is not fit for it."""
    course, secret = known_course(terms)
    chosen = [a for a in course.assignments if a.name == terms.assignment]
    processes = Processes([Path(path) for path in terms.hidden]).__enter__()
    assignment = chosen[0] if chosen else None
    try:
        require(processes.isolation, terms.required)
        slots = open_slots(processes, terms.device)
    except GraderError:
        processes.__exit__()
        raise
    return processes, Run(course, processes, secret, assignment, terms.device, slots=slots)


def open_slots(processes: Processes, device: str) -> Slots | None:
    """Return the graphics cards of this machine, where the device is one; raises `UsageError`."""
    return Slots(find_cards(), meter, scrubber(processes)) if device == "cuda" else None


def known_course(terms: Terms) -> tuple[Course, str]:
    """Return the course of a run and its secret, as this machine sees them.

    Raises `CourseError` where one of them is missing or another one: marks would differ.
    """
    root = Path(terms.course)
    course = load_course(root)
    if content_of(course) != terms.content:
        raise CourseError(
            root,
            "the course, the grader or its libraries are others on a worker than where the run "
            "was started. Use one shared folder and one environment, or copies that are the same.",
        )
    secret = course_secret(root)
    if derive_seed(secret, "which secret") != terms.key:
        raise CourseError(
            root,
            "the secret is another one on a worker than where the run was started. Copy "
            ".grader/secret into the course there, or set GRADER_SECRET for the workers, too.",
        )
    return course, secret


def require(isolation: Isolation, least: Level) -> None:
    """Refuse to go on behind weaker walls; raises `IsolationError`."""
    if not isolation.level.reaches(least):
        why = f" ({'; '.join(isolation.refused)})" if isolation.refused else ""
        raise IsolationError(
            f"Grading needs the isolation {least}, but this machine gives {isolation.level}{why}. "
            "`grader doctor` tells how to get more; "
            f"--require-isolation {isolation.level} goes on with less."
        )
