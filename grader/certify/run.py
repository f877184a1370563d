"""Certify one assignment, from its solution folder to its certificate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from grader.certify.certificate import Certificate, Tried, certificate
from grader.certify.conditions import Condition, under
from grader.certify.margins import is_numeric
from grader.certify.subjects import Kind, Subject, read_settings, subjects
from grader.certify.trial import Kept, Laboratory, hidden_of, try_all
from grader.model import Assignment
from grader.processes.launch import Processes

# Seeds derive from it: the same certificate on every machine.
SECRET = "the certificate"  # noqa: S105 - not one

# Called with how many subjects are done, and how many there are.
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Options:
    """How to certify: programs at a time, with mutants or not, and the folder to remember in."""

    jobs: int
    quick: bool
    afresh: bool
    folder: Path


def certify(
    processes: Processes, assignment: Assignment, options: Options, tell: Tell
) -> Certificate:
    """Try everything on the checks of an assignment and return what that has shown."""
    hidden = hidden_of(assignment)
    chosen = [s for s in subjects(hidden) if not (options.quick and s.kind is Kind.mutant)]
    kept = Kept(assignment, options.folder / "certify" / f"{assignment.name}.json")
    if options.afresh:
        kept.trials.clear()
    laboratory = Laboratory(processes, assignment, SECRET)

    def trials(subjects: Sequence[Subject], before: int, total: int) -> list[Tried]:
        found = []
        for entry in try_all(laboratory, subjects, options.jobs, kept):
            found.append(entry)
            tell(before + len(found), total)
        # In the order of the files, whatever was done first.
        place = {id(subject): number for number, subject in enumerate(subjects)}
        return sorted(found, key=lambda entry: place[id(entry[0])])

    tried = trials(chosen, 0, len(chosen))
    again = [] if options.quick else conditioned(tried)
    tried += trials(again, len(chosen), len(chosen) + len(again))
    floor = Fraction(str(read_settings(hidden).floor))
    found = certificate(assignment.name, assignment.exercises, tried, floor)
    return replace(found, chances=laboratory.chances())


def conditioned(tried: Sequence[Tried]) -> list[Subject]:
    """Return the right programs whose checks compare numbers, under every condition."""
    right = [s for s, trial in tried if s.kind in {Kind.reference, Kind.variant}]
    numeric = {subject.exercise for subject, trial in tried if is_numeric(trial)}
    return [under(s, c) for s in right if s.exercise in numeric for c in Condition]
