"""Count a class, one grade at a time: what is kept of each is small."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from grader.exports.table import titled
from grader.model import CheckResult, ExerciseGrade, Grade, Outcome, QuestionAnswer
from grader.reports.text import shorten
from grader.roster import known, spellings
from grader.store.gradebook import Gradebook
from grader.store.kept import TimedCell
from grader.store.layout import page_of

# Of a text that strangers may have written, in a table.
SHOWN = 200


@dataclass(frozen=True)
class Part:
    """What became of one exercise, or one question, in one hand-in."""

    points: Fraction
    max_points: Fraction
    is_pending: bool
    is_bonus: bool

    @property
    def share(self) -> Fraction:
        """The part of the points that was earned, from 0 to 1."""
        return self.points / self.max_points if self.max_points else Fraction(0)


@dataclass(frozen=True)
class HandIn:
    """One hand-in: its name, its feedback page from where the report lies, and its points."""

    name: str
    page: str
    refused: str
    parts: dict[str, Part]
    seconds: float = 0.0
    slowest: TimedCell | None = None

    @property
    def points(self) -> Fraction:
        """The points of all its parts."""
        return sum((part.points for part in self.parts.values()), Fraction(0))

    @property
    def max_points(self) -> Fraction:
        """The points that can be earned without a bonus."""
        counted = (part.max_points for part in self.parts.values() if not part.is_bonus)
        return sum(counted, Fraction(0))

    @property
    def is_pending(self) -> bool:
        """Tell whether something waits for a person."""
        return any(part.is_pending for part in self.parts.values())

    def rest(self, exercise: str) -> Fraction:
        """Return the points of all exercises but one, without bonuses."""
        others = (p.points for n, p in self.parts.items() if n != exercise and not p.is_bonus)
        return sum(others, Fraction(0))


@dataclass
class CheckTally:
    """What one check found in the whole class; `failed` are the hand-ins that did not pass it."""

    exercise: str
    name: str
    statement: str
    public: bool
    core: bool
    count: int = 0
    failed: list[HandIn] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    longest: float = 0.0
    slowest: HandIn | None = None


@dataclass
class Tally:
    """A class and one assignment.

    A question counts like an exercise once it is marked in every hand-in; `unmarked` tells how many
    answers to the others wait.
    """

    assignment: str
    hand_ins: list[HandIn] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    checks: dict[tuple[str, str], CheckTally] = field(default_factory=dict)
    outcomes: dict[str, Counter[Outcome]] = field(default_factory=lambda: defaultdict(Counter))
    # Who did not pass for another reason than a wrong answer: by exercise and outcome.
    unusual: dict[tuple[str, Outcome], list[HandIn]] = field(
        default_factory=lambda: defaultdict(list)
    )
    mistakes: dict[tuple[str, str], list[HandIn]] = field(default_factory=lambda: defaultdict(list))
    incidents: dict[tuple[str, str], list[HandIn]] = field(
        default_factory=lambda: defaultdict(list)
    )
    people: set[str] = field(default_factory=set)
    unmarked: int = 0

    @property
    def graded(self) -> list[HandIn]:
        """The hand-ins that could be graded."""
        return [hand_in for hand_in in self.hand_ins if not hand_in.refused]

    def add(self, grade: Grade, cells: Sequence[TimedCell] = ()) -> None:
        """Count one grade."""
        slowest = max(cells, key=lambda cell: cell.seconds, default=None)
        seconds = sum(cell.seconds for cell in cells)
        parts = {exercise.name: _part(exercise) for exercise in grade.exercises}
        page = page_of(grade.assignment, grade.submission)
        hand_in = HandIn(grade.submission, page, grade.refused, parts, seconds, slowest)
        self.hand_ins.append(hand_in)
        people = [*grade.members, *(person.name for person in grade.origin.people)]
        self.people |= {spelt for name in people for spelt in spellings(name)}
        self.people.add(known(grade.submission))
        for incident in grade.incidents:
            _note(self.incidents[incident.where, shorten(incident.text, SHOWN)], hand_in)
        for question in grade.questions:
            parts[titled(question.name)] = _answer(question)
        for exercise in grade.exercises:
            self.titles.setdefault(exercise.name, exercise.title)
            for check in exercise.checks:
                self._add_check(check, hand_in)

    def settle(self) -> None:
        """Leave out the questions that are not marked in every hand-in, once all are added."""
        parts = [(name, part) for hand_in in self.graded for name, part in hand_in.parts.items()]
        names = list(dict.fromkeys(name for name, _ in parts if name not in self.titles))
        open_ones = {name for name, part in parts if part.is_pending and name in names}
        self.unmarked = sum(part.is_pending for name, part in parts if name in names)
        self.titles |= {name: name for name in names if name not in open_ones}
        for hand_in in self.hand_ins:
            for name in open_ones & hand_in.parts.keys():
                del hand_in.parts[name]

    def _add_check(self, check: CheckResult, hand_in: HandIn) -> None:
        key = (check.exercise, check.name)
        tally = self.checks.get(key)
        if tally is None:
            tally = self.checks[key] = CheckTally(
                check.exercise, check.name, check.statement, check.public, check.core
            )
        self.outcomes[check.exercise][check.outcome] += 1
        tally.count += 1
        if check.outcome is not Outcome.passed:
            tally.failed.append(hand_in)
        if check.outcome not in {Outcome.passed, Outcome.failed}:
            _note(self.unusual[check.exercise, check.outcome], hand_in)
        if check.mistake:
            _note(self.mistakes[check.exercise, check.mistake], hand_in)
        if check.outcome is not Outcome.not_run:
            if not tally.seconds or check.seconds > tally.longest:
                tally.longest, tally.slowest = check.seconds, hand_in
            tally.seconds.append(check.seconds)


def tallies(book: Gradebook) -> list[Tally]:
    """Return one tally for each assignment in a gradebook.

    What was refused before anybody could tell which assignment it is belongs to all of them, unless
    it has been graded since.
    """
    found: dict[str, Tally] = {}
    keys = book.keys()
    later = {submission for assignment, submission in keys if assignment}
    for assignment, submission in keys:
        grade = book.grade(assignment, submission)
        if grade is not None and (assignment or submission not in later):
            tally = found.setdefault(assignment, Tally(assignment))
            (marked,) = book.marked([grade])
            tally.add(marked, book.kept.times(assignment, submission, grade.run))
    for tally in found.values():
        tally.settle()
    return list(found.values())


def missing(names: Iterable[str], tally: Tally) -> list[str]:
    """Return the names of a list that no hand-in has, as the site or a notebook spells them."""
    return [name for name in names if not spellings(name) & tally.people]


def _part(exercise: ExerciseGrade) -> Part:
    return Part(exercise.points, exercise.max_points, exercise.pending, exercise.bonus)


def _answer(question: QuestionAnswer) -> Part:
    points = question.mark.points if question.mark is not None else Fraction(0)
    return Part(points, question.max_points, not question.is_marked, question.bonus)


def _note(hand_ins: list[HandIn], one: HandIn) -> None:
    """Note a hand-in once; it is the last of the list if it is there."""
    if not hand_ins or hand_ins[-1] is not one:
        hand_ins.append(one)
