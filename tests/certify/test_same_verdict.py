"""What a student is told by the public checks is what grading finds with them.

On the student's side there is no reference: nothing stands in for another exercise, no example has
been proven before, and the seeds are others. None of this may change a verdict.
"""

from pathlib import Path

import pytest

from grader.certify.subjects import Kind, Subject, subjects
from grader.certify.trial import Laboratory
from grader.model import Assignment, Outcome
from grader.processes.launch import Judges, Processes
from grader.settings import load_course

ROOT = Path(__file__).parents[2]
ASSIGNMENTS = load_course(ROOT).assignments
NAMES = [assignment.name for assignment in ASSIGNMENTS]


def known(assignment: Assignment) -> list[Subject]:
    """Return the reference, every variant and every mistake of the catalogue."""
    assert assignment.hidden is not None
    return [s for s in subjects(assignment.hidden) if s.kind is not Kind.mutant]


def few(assignment: Assignment) -> list[Subject]:
    """Return one mistake of every second exercise, and a variant of every third."""
    first = {(s.exercise, s.kind): s for s in reversed(known(assignment))}
    variants = [s for s in first.values() if s.kind is Kind.variant]
    mistakes = [s for s in first.values() if s.kind is Kind.mistake]
    return [*mistakes[::2], *variants[::3]]


def verdict(laboratory: Laboratory, subject: Subject, judges: Judges) -> dict[str, Outcome]:
    """Return the outcomes of the public checks of a subject's exercise."""
    judgement = laboratory.judged(subject, judges, laboratory.assignment.limits)
    return {r.name: r.outcome for r in judgement.results.values() if r.public}


def differing(
    processes: Processes, assignment: Assignment, chosen: list[Subject]
) -> dict[str, tuple[dict[str, Outcome], dict[str, Outcome]]]:
    """Return the subjects on which the student's side and the grader's do not agree."""
    laboratory = Laboratory(processes, assignment, "a secret of the course")
    grading = processes.judges(assignment, laboratory.secret)
    at_home = processes.judges(assignment, "", public_only=True)
    pairs = (
        (
            f"{s.exercise}/{s.name}",
            (verdict(laboratory, s, at_home), verdict(laboratory, s, grading)),
        )
        for s in chosen
    )
    return {name: (home, graded) for name, (home, graded) in pairs if home != graded or not home}


@pytest.mark.parametrize("assignment", ASSIGNMENTS[4:5], ids=NAMES[4:5])
def test_the_same_verdict_at_home(processes: Processes, assignment: Assignment) -> None:
    assert differing(processes, assignment, few(assignment)) == {}


@pytest.mark.long
@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=NAMES)
def test_the_same_verdict_at_home_whole(processes: Processes, assignment: Assignment) -> None:
    assert differing(processes, assignment, known(assignment)) == {}
