"""Try one program on the checks of its exercise, in a real worker before a real judge."""

import hashlib
import importlib.metadata
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import msgspec

from grader.certify.subjects import Kind, Subject, reference_cells
from grader.errors import CourseError
from grader.model import Assignment, CheckResult, HandIn, Limits, Outcome
from grader.notebook.source import with_solution
from grader.processes.executing import Execution
from grader.processes.judgement import Judgement
from grader.processes.launch import Judges, Processes
from grader.processes.orders import ChanceTaken
from grader.scoring import grade_exercise
from grader.seeding import derive_seed

# A mutant that loops for ever is one of many: it may not take as long as a student's.
MUTANT_SECONDS = 2.0
GRADER = Path(__file__).parents[1]


class Trial(msgspec.Struct, frozen=True):
    """What became of a subject: its points, the checks it did not pass, the mistake it was called.

    `called` is the title that the feedback names, `fits` are all mistakes that would have answered
    the same; `used` is how much of its tolerance each check has used, above 1 where it failed by
    that; `error` is what the program itself stopped with.
    """

    points: str
    failed: list[str]
    broken: list[str] = []
    called: str = ""
    fits: list[str] = []
    used: dict[str, float] = {}
    error: str = ""


Done = Callable[[Subject, Trial], None]


@dataclass
class Laboratory:
    """An assignment and the processes that its programs are tried in."""

    processes: Processes
    assignment: Assignment
    secret: str
    sources: list[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.sources = [
            (str(cell.metadata.get("exercise", "")), with_solution(cell.source))
            for cell in reference_cells(hidden_of(self.assignment))
        ]
        limits = self.assignment.limits
        seconds = min(MUTANT_SECONDS, limits.check_seconds)
        self.hasty = replace(self.assignment, limits=replace(limits, check_seconds=seconds))

    def run(self, subject: Subject) -> Trial:
        """Try one subject."""
        assignment = self.hasty if subject.kind is Kind.mutant else self.assignment
        judges = self.processes.judges(assignment, self.secret)
        return self._trial(subject, self.judged(subject, judges, assignment.limits))

    def chances(self) -> list[ChanceTaken]:
        """Return the statistical comparisons that the checks of the assignment make."""
        return self.processes.judges(self.assignment, self.secret).chances

    def judged(self, subject: Subject, judges: Judges, limits: Limits) -> Judgement:
        """Bring a subject, within the reference's other exercises, before judges."""
        assignment = self.assignment
        cells = [
            subject.source if exercise == subject.exercise else source
            for exercise, source in self.sources
        ]
        seed = derive_seed(self.secret, assignment.name)
        execution = Execution(self.processes, cells, HandIn(b""), list(assignment.data), seed)
        judgement = Judgement(judges, execution, limits, only=subject.exercise)
        judgement.run()
        return judgement

    def _trial(self, subject: Subject, judgement: Judgement) -> Trial:
        results = list(judgement.results.values())
        [exercise] = [e for e in self.assignment.exercises if e.name == subject.exercise]
        points: Fraction = grade_exercise(exercise, results).points
        failed = [r.name for r in results if r.outcome is not Outcome.passed]
        broken = [why_broken(r) for r in results if r.outcome is Outcome.grader_fault]
        name, used = called(results), judgement.used
        error = judgement.execution.first_error
        return Trial(str(points), failed, broken, name, judgement.fits, used, error)


def why_broken(result: CheckResult) -> str:
    """Return the name of a check that broke, and the error that it broke with."""
    return f"{result.name} ({result.detail.strip().partition(chr(10))[0][:200]})"


def called(results: Iterable[CheckResult]) -> str:
    """Return the title of the mistake that the results were explained by."""
    return next((result.mistake for result in results if result.mistake), "")


def hidden_of(assignment: Assignment) -> Path:
    """Return the folder of the solution; raises `CourseError` where it is not."""
    if assignment.hidden is None:
        raise CourseError(assignment.name, "has no solution here, so nothing can be certified")
    return assignment.hidden


def try_all(
    laboratory: Laboratory, subjects: Sequence[Subject], jobs: int, kept: "Kept"
) -> Iterator[tuple[Subject, Trial]]:
    """Yield every subject with its trial, those that are kept from an earlier run first."""
    waiting = []
    for subject in subjects:
        known = kept.find(subject)
        if known is None:
            waiting.append(subject)
        else:
            yield subject, known
    with ThreadPoolExecutor(jobs) as pool:
        futures = {pool.submit(laboratory.run, subject): subject for subject in waiting}
        try:
            for future in as_completed(futures):
                kept.keep(futures[future], future.result())
                yield futures[future], future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            kept.write()


class Kept:
    """Trials of earlier runs, by the content of everything that decides them."""

    def __init__(self, assignment: Assignment, file: Path) -> None:
        self.file = file
        self.base = content_of(assignment)
        self.trials: dict[str, Trial] = {}
        if file.exists():
            try:
                self.trials = msgspec.json.decode(file.read_bytes(), type=dict[str, Trial])
            except msgspec.MsgspecError:
                # Of another version, or torn: everything is tried again.
                self.trials = {}

    def find(self, subject: Subject) -> Trial | None:
        """Return what became of the very same subject before the very same checks."""
        return self.trials.get(self._key(subject))

    def keep(self, subject: Subject, trial: Trial) -> None:
        """Remember a trial."""
        self.trials[self._key(subject)] = trial

    def write(self) -> None:
        """Write what is remembered, without what nothing asks for any more."""
        current = {key: trial for key, trial in self.trials.items() if key.startswith(self.base)}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(msgspec.json.encode(current))

    def _key(self, subject: Subject) -> str:
        parts = [subject.kind.value, subject.exercise, subject.source]
        return f"{self.base}-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]}"


def content_of(assignment: Assignment) -> str:
    """Return a digest of the checks, the solution, the mistakes, the grader and the libraries."""
    folders = [assignment.folder, hidden_of(assignment), GRADER]
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    whole = hashlib.sha256()
    for file in files:
        if "__pycache__" not in file.parts and "variants" not in file.parts:
            whole.update(f"{file.name} {file.stat().st_size}\n".encode() + file.read_bytes())
    for name in ("numpy", "torch", "hypothesis"):
        try:
            whole.update(f"{name} {importlib.metadata.version(name)}\n".encode())
        except importlib.metadata.PackageNotFoundError:
            continue
    return whole.hexdigest()[:24]
