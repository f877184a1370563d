"""Certify one assignment, from its solution folder to its certificate."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from grader.certify.certificate import Certificate, certificate
from grader.certify.subjects import Kind, read_settings, subjects
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
    tried = []
    for entry in try_all(laboratory, chosen, options.jobs, kept):
        tried.append(entry)
        tell(len(tried), len(chosen))
    # In the order of the files, whatever was done first.
    place = {id(subject): number for number, subject in enumerate(chosen)}
    tried.sort(key=lambda entry: place[id(entry[0])])
    floor = Fraction(str(read_settings(hidden).floor))
    return certificate(assignment.name, assignment.exercises, tried, floor)
