"""What the trials of an assignment amount to, and where it falls short."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from grader.certify.margins import Margin, margins
from grader.certify.subjects import Kind, Subject
from grader.certify.trial import Trial
from grader.model import Exercise
from grader.processes.orders import ChanceTaken

Tried = tuple[Subject, Trial]
LEAST_NAMED, MOST_MISNAMED = Fraction(90, 100), Fraction(2, 100)


@dataclass
class Row:
    """One exercise: how many subjects of each kind were tried, and how many ended as they must."""

    exercise: Exercise
    tried: Counter[Kind] = field(default_factory=Counter)
    right: Counter[Kind] = field(default_factory=Counter)
    named: int = 0
    misnamed: int = 0
    equivalent: int = 0
    problems: list[str] = field(default_factory=list)
    survivors: list[Subject] = field(default_factory=list)
    unneeded: list[str] = field(default_factory=list)
    twins: set[tuple[str, str]] = field(default_factory=set)

    @property
    def mutants(self) -> int:
        """The mutants that can be told from the reference, as far as anybody knows."""
        return self.tried[Kind.mutant] - self.equivalent


@dataclass
class Certificate:
    """What certifying one assignment has shown; `floor` is the mutation score it must reach."""

    assignment: str
    rows: list[Row]
    floor: Fraction
    margins: list[Margin] = field(default_factory=list)
    chances: list[ChanceTaken] = field(default_factory=list)

    @property
    def score(self) -> Fraction:
        """The share of mutants that lose points, without equivalent ones."""
        total = sum(row.mutants for row in self.rows)
        return Fraction(sum(row.right[Kind.mutant] for row in self.rows), total or 1)

    @property
    def problems(self) -> list[str]:
        """One sentence for each thing that must not be; none means certified."""
        found = [problem for row in self.rows for problem in row.problems]
        found += [margin.problem for margin in self.margins if margin.problem]
        if any(row.mutants for row in self.rows) and self.score < self.floor:
            score, floor = float(self.score), float(self.floor)
            found.append(f"The mutation score is {score:.1%}, under its floor of {floor:.0%}.")
        return found + self._naming()

    def _naming(self) -> list[str]:
        """Return what is wrong with the names that mistakes are given."""
        mistakes = self.count(Kind.mistake)[1]
        named = sum(row.named for row in self.rows)
        misnamed = sum(row.misnamed for row in self.rows)
        found = []
        if named < LEAST_NAMED * mistakes:
            found.append(f"Only {named} of {mistakes} mistakes are named by the feedback.")
        if misnamed > MOST_MISNAMED * mistakes:
            found.append(f"{misnamed} of {mistakes} mistakes are named wrongly when unforeseen.")
        return found

    def count(self, kind: Kind) -> tuple[int, int]:
        """Return how many subjects of a kind ended as they must, and how many were tried."""
        return sum(r.right[kind] for r in self.rows), sum(r.tried[kind] for r in self.rows)


def certificate(
    assignment: str, exercises: Iterable[Exercise], tried: Sequence[Tried], floor: Fraction
) -> Certificate:
    """Return the certificate of an assignment after all of its trials."""
    rows = {exercise.name: Row(exercise) for exercise in exercises}
    needed: dict[str, set[str]] = {name: set() for name in rows}
    seen: dict[str, set[str]] = {name: set() for name in rows}
    titles = {subject.name: subject.title for subject, _ in tried}
    for subject, trial in tried:
        row = rows[subject.exercise]
        if subject.condition:
            continue
        row.twins |= _twins(subject, trial, titles)
        row.tried[subject.kind] += 1
        _enter(row, subject, trial, titles)
        seen[subject.exercise] |= set(trial.failed)
        if len(trial.failed) == 1:
            needed[subject.exercise] |= set(trial.failed)
    for name, row in rows.items():
        row.unneeded = sorted(seen[name] - needed[name])
    return Certificate(assignment, list(rows.values()), floor, margins(tried))


def _twins(subject: Subject, trial: Trial, titles: Mapping[str, str]) -> set[tuple[str, str]]:
    """Return the pairs of mistakes, of different titles, that no check tells apart."""
    others = {name for name in trial.fits if titles.get(name) != subject.title}
    is_itself = subject.kind is Kind.mistake and subject.name in trial.fits
    return {tuple(sorted((subject.name, other))) for other in others} if is_itself else set()  # type: ignore[misc]


def _enter(row: Row, subject: Subject, trial: Trial, titles: Mapping[str, str]) -> None:
    problem = PROBLEMS[subject.kind](row.exercise, subject, trial)
    if trial.broken and subject.kind is not Kind.mutant:
        problem = f"breaks a check of ours: {', '.join(trial.broken)}"
    if problem:
        row.problems.append(f"{subject.exercise}, {subject.kind} “{subject.name}” {problem}.")
    elif subject.kind is not Kind.mutant:
        row.right[subject.kind] += 1
    if subject.kind is Kind.mistake:
        row.named += trial.called == subject.title
        # What it would be called if the catalogue did not know it. Two mistakes of one title are
        # one to a student.
        others = {titles[name] for name in trial.fits if name != subject.name}
        row.misnamed += len(others) == 1 and subject.title not in others
    if subject.kind is Kind.mutant:
        killed = Fraction(trial.points) < row.exercise.points
        row.equivalent += bool(subject.reason)
        row.right[Kind.mutant] += killed and not subject.reason
        if not killed and not subject.reason:
            row.survivors.append(subject)


def _full(exercise: Exercise, subject: Subject, trial: Trial) -> str:
    if Fraction(trial.points) == exercise.points:
        return ""
    why = f": it stops with {trial.error}" if trial.error else ""
    return f"loses points, to {', '.join(trial.failed)}{why}"


def _mistake(exercise: Exercise, subject: Subject, trial: Trial) -> str:
    kept = Fraction(0) if subject.loses is None else exercise.points - subject.loses
    if Fraction(trial.points) != kept:
        return f"keeps {trial.points} of {exercise.points} points"
    missing = set(subject.caught_by) - set(trial.failed)
    return f"passes {', '.join(sorted(missing))}, written to catch it" if missing else ""


def _mutant(exercise: Exercise, subject: Subject, trial: Trial) -> str:
    if subject.reason and Fraction(trial.points) < exercise.points:
        return "is listed as equivalent, and loses points"
    return ""


PROBLEMS = {
    Kind.reference: _full,
    Kind.variant: _full,
    Kind.mistake: _mistake,
    Kind.mutant: _mutant,
}
