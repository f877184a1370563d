"""The nouns: frozen dataclasses that every other module passes around."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any


class Outcome(StrEnum):
    """How a check ended. Points come from `passed` alone; `grader_fault` never costs any."""

    passed = "passed"
    failed = "failed"
    timed_out = "timed_out"
    crashed = "crashed"
    not_run = "not_run"
    grader_fault = "grader_fault"


class Reveal(StrEnum):
    """How much of a failed hidden check its student sees."""

    property = "property"
    witness = "witness"
    everything = "everything"


class Action(StrEnum):
    """What follows when a hand-in does not keep a rule of form."""

    off = "off"
    warn = "warn"
    refuse = "refuse"


class Level(StrEnum):
    """How much stands between student code and the machine; the strongest first."""

    full = "full"
    restricted = "restricted"
    limits = "limits"

    def reaches(self, other: "Level") -> bool:
        """Tell whether this level is at least as strong as the other."""
        levels = list(Level)
        return levels.index(self) <= levels.index(other)


@dataclass(frozen=True)
class Isolation:
    """What stands between student code and this machine, found by attacking it from inside.

    `open` names what is not prevented, `refused` why each stronger level was not obtained.
    """

    level: Level
    walls: tuple[str, ...]
    open: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exercise:
    """A function, class or variable a student writes, addressed by its name in the notebook.

    The points of a bonus are on top of those that make up the maximum.
    """

    name: str
    points: Fraction
    title: str = ""
    depends: tuple[str, ...] = ()
    bonus: bool = False


@dataclass(frozen=True)
class Question:
    """A free text, marked by hand against a rubric."""

    name: str
    points: Fraction
    title: str = ""
    bonus: bool = False


@dataclass(frozen=True)
class Limits:
    """What one submission may spend: seconds of wall clock, bytes, counts."""

    cell_seconds: float = 30.0
    notebook_seconds: float = 300.0
    check_seconds: float = 10.0
    memory_bytes: int = 2 << 30
    processes: int = 64
    open_files: int = 256
    file_bytes: int = 64 << 20
    scratch_bytes: int = 128 << 20


@dataclass(frozen=True)
class HandInRules:
    """The form of a hand-in, and what follows where it has another; 0 is a group of any size."""

    group_size: int = 0
    names: Action = Action.off
    pdf: Action = Action.off
    executed: Action = Action.off
    interpreted: Action = Action.off


@dataclass(frozen=True)
class Assignment:
    """What the student tree says of an assignment, and where its hidden half lies, if here.

    `leaderboard` names the check whose note ranks the class, if there is one.
    """

    name: str
    title: str
    exercises: tuple[Exercise, ...]
    questions: tuple[Question, ...]
    folder: Path
    hidden: Path | None = None
    data: tuple[Path, ...] = ()
    limits: Limits = Limits()
    reveal: Reveal = Reveal.witness
    rules: HandInRules = HandInRules()
    leaderboard: str = ""
    version: int = 1

    @property
    def max_points(self) -> Fraction:
        """All points of the assignment, automatic and by hand, without bonuses."""
        parts: tuple[Exercise | Question, ...] = (*self.exercises, *self.questions)
        return sum((part.points for part in parts if not part.bonus), Fraction(0))


@dataclass(frozen=True)
class Course:
    """A folder with `assignments/` and, on the staff's machine, `solutions/`.

    `blind` keeps names from markers until a question is finished; `policies` are the tables of the
    course file about marks, as `grader.policy` reads them.
    """

    root: Path
    title: str
    assignments: tuple[Assignment, ...]
    blind: bool = True
    policies: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class HandIn:
    """The bytes of a hand-in: the notebook, and by name what lay beside it."""

    notebook: bytes
    files: tuple[tuple[str, bytes], ...] = ()

    @property
    def digest(self) -> str:
        """Return the SHA-256 of everything in it, in hexadecimal."""
        whole = hashlib.sha256(self.notebook)
        for name, content in self.files:
            whole.update(f"\n{name} {len(content)}\n".encode())
            whole.update(content)
        return whole.hexdigest()


@dataclass(frozen=True)
class Person:
    """Somebody as a course site names them; each field is empty where the site does not say.

    `id` is the site's own; `account` is a login or a number that the institution has given.
    """

    name: str = ""
    id: str = ""
    account: str = ""
    email: str = ""


@dataclass(frozen=True)
class Origin:
    """What a course site says of a hand-in; nothing in it is from the hand-in itself.

    `handed_in_at` is in ISO 8601 or empty, `late` None where the site does not say. `file` is the
    site's number of the notebook, where it takes answers under that number only.
    """

    site: str = ""
    people: tuple[Person, ...] = ()
    handed_in_at: str = ""
    late: bool | None = None
    file: str = ""


@dataclass(frozen=True)
class Submission:
    """One hand-in as it arrived; `load` reads it, or raises `Refused`. `source` says whence."""

    name: str
    source: str
    load: Callable[[], HandIn] = field(repr=False, compare=False)
    origin: Origin = Origin()


@dataclass(frozen=True)
class Incident:
    """Something hostile or broken, in plain words, for the TA."""

    where: str
    text: str


@dataclass(frozen=True)
class CheckResult:
    """What one check found. `message` is for the student, `detail` for the TA.

    Hints come in levels: the `statement` that does not hold, the `hint` where to look, and a worked
    small case as `example`.
    """

    name: str
    exercise: str
    public: bool
    core: bool
    outcome: Outcome
    statement: str = ""
    weight: Fraction | None = None
    seconds: float = 0.0
    message: str = ""
    detail: str = ""
    hint: str = ""
    mistake: str = ""
    points: Fraction = Fraction(0)
    max_points: Fraction = Fraction(0)
    example: str = ""


@dataclass(frozen=True)
class GivenItem:
    """A line of a rubric that somebody was given, at its price of now."""

    text: str
    points: Fraction


@dataclass(frozen=True)
class Mark:
    """What a person gave. `adjustment` is on top of the items, `points` within 0 and the maximum.

    `waits` is empty unless the mark does not count yet, and then says why; `points` are 0 there.
    """

    points: Fraction
    max_points: Fraction
    items: tuple[GivenItem, ...] = ()
    adjustment: Fraction = Fraction(0)
    comment: str = ""
    waits: str = ""


@dataclass(frozen=True)
class ExerciseGrade:
    """The points of one exercise and the checks they came from, or the person who decided."""

    name: str
    title: str
    points: Fraction
    max_points: Fraction
    checks: tuple[CheckResult, ...]
    pending: bool = False
    note: str = ""
    bonus: bool = False
    mark: Mark | None = None


@dataclass(frozen=True)
class QuestionAnswer:
    """The text a student wrote under a question; `status` is answered, blank or missing."""

    name: str
    title: str
    max_points: Fraction
    text: str
    status: str
    bonus: bool = False
    mark: Mark | None = None

    @property
    def is_marked(self) -> bool:
        """Tell whether a person has marked it, and nothing is left to decide."""
        return self.mark is not None and not self.mark.waits


@dataclass(frozen=True)
class CellRun:
    """What one code cell did. `outputs` are nbformat output dictionaries."""

    index: int
    ok: bool
    seconds: float
    outputs: tuple[dict[str, object], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class NotebookRun:
    """What the cells of a hand-in did, what happened meanwhile, and behind which walls."""

    cells: tuple[CellRun, ...]
    isolation: str = ""
    incidents: tuple[Incident, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExerciseResults:
    """What the checks of one exercise found, before points; `note` tells of the own functions."""

    checks: tuple[CheckResult, ...]
    note: str = ""
    incidents: tuple[Incident, ...] = ()


@dataclass(frozen=True)
class Grade:
    """Everything known about one submission after grading; `digest` tells what was graded.

    `remarks` are about the form of the hand-in and for the student, too; incidents are for staff.
    `basis` tells by what it was graded, or is empty where grading again could find something else;
    `run` is where the gradebook keeps what the cells showed.
    """

    submission: str
    assignment: str
    members: tuple[str, ...] = ()
    device: str = "cpu"
    isolation: str = ""
    refused: str = ""
    exercises: tuple[ExerciseGrade, ...] = ()
    questions: tuple[QuestionAnswer, ...] = ()
    incidents: tuple[Incident, ...] = ()
    cells: tuple[CellRun, ...] = field(default=(), repr=False)
    seconds: float = 0.0
    digest: str = ""
    remarks: tuple[str, ...] = ()
    origin: Origin = Origin()
    basis: str = ""
    run: str = ""
    mark: Mark | None = None

    @property
    def points(self) -> Fraction:
        """Points earned so far: automatically, and in what a person has marked."""
        earned = sum((exercise.points for exercise in self.exercises), Fraction(0))
        return earned + sum((mark.points for mark, _ in self._marks()), Fraction(0))

    @property
    def max_points(self) -> Fraction:
        """The points of what has been decided so far; a bonus may come on top."""
        counted = (e.max_points for e in self.exercises if not e.bonus)
        marked = (mark.max_points for mark, is_bonus in self._marks() if not is_bonus)
        return sum(counted, Fraction(0)) + sum(marked, Fraction(0))

    @property
    def is_decided(self) -> bool:
        """Tell whether it was graded, or a person decided about what could not be."""
        return not self.refused or (self.mark is not None and not self.mark.waits)

    def _marks(self) -> list[tuple[Mark, bool]]:
        """Return what counts beside the exercises, and whether it is a bonus."""
        whole = [(self.mark, False)] if self.mark is not None else []
        given = [(q.mark, q.bonus) for q in self.questions if q.mark is not None]
        return [(mark, is_bonus) for mark, is_bonus in (*whole, *given) if not mark.waits]
