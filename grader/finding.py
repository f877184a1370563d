"""Find out what is not known of one hand-in: run its cells, and make the checks that are left."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from grader.model import Assignment, ExerciseResults, HandIn, NotebookRun
from grader.processes.executing import Execution
from grader.processes.judgement import Judgement, key_of
from grader.processes.launch import Judges, Processes
from grader.recall import Findings, without_note


@dataclass(frozen=True)
class Case:
    """A hand-in to be examined: its code cells and files, by whose checks, and where."""

    processes: Processes
    judges: Judges
    assignment: Assignment
    code: list[str]
    hand_in: HandIn
    seed: int
    device: str


def find_out(case: Case, findings: Findings) -> None:
    """Fill the findings: in the end every exercise of the assignment has results."""
    judge(case, findings)
    again = without_note(case.assignment, findings)
    for name in again:
        del findings.results[name]
    if again:
        judge(case, findings)


def judge(case: Case, findings: Findings) -> None:
    """Execute the notebook, and make every check of the exercises that have no results."""
    data = list(case.assignment.data)
    execution = Execution(case.processes, case.code, case.hand_in, data, case.seed)
    judgement = Judgement(case.judges, execution, case.assignment.limits, case.device)
    known = (check for found in findings.results.values() for check in found.checks)
    judgement.results |= {key_of(check): check for check in known}
    judgement.run()
    take_run(execution, case.processes.isolation.open, findings)
    judged = take_results(case.assignment, judgement, findings)
    # Results that rest on a run in doubt are in doubt as well.
    findings.doubtful |= judged if execution.is_doubtful else judgement.doubtful()


def take_run(execution: Execution, left_open: Iterable[str], findings: Findings) -> None:
    """Take what the cells showed, unless that is known: then only what the new run had to note."""
    notes = tuple(execution.notes)
    if findings.run is not None:
        new = [note for note in notes if note not in findings.run.notes]
        findings.run = replace(findings.run, notes=(*findings.run.notes, *new))
        return
    findings.run_is_fresh, findings.run_is_doubtful = True, execution.is_doubtful
    findings.run = NotebookRun(
        tuple(execution.runs[index] for index in sorted(execution.runs)),
        isolation_text(execution.walls, left_open),
        tuple(execution.incidents.values()),
        notes,
    )


def take_results(assignment: Assignment, judgement: Judgement, findings: Findings) -> set[str]:
    """Sort what the judges found by exercise; return the exercises that were judged now."""
    old, findings.results = findings.results, {}
    for exercise in assignment.exercises:
        name = exercise.name
        if name in old:
            findings.results[name] = old[name]
            continue
        checks = tuple(r for r in judgement.results.values() if r.exercise == name)
        told = tuple(i for i in judgement.incidents if i.where.startswith(f"{name}/"))
        findings.results[name] = ExerciseResults(checks, judgement.notes.get(name, ""), told)
    own = {incident for found in findings.results.values() for incident in found.incidents}
    findings.others += [incident for incident in judgement.incidents if incident not in own]
    judged = findings.results.keys() - old.keys()
    findings.fresh |= judged
    return judged


def isolation_text(walls: list[str], left_open: Iterable[str]) -> str:
    """Return what a worker stood behind in words: the level, its walls, what they do not stop."""
    if not walls:
        return ""
    level, *others = walls
    gaps = ", ".join(left_open)
    return f"{level} ({', '.join(others)})" + (f"; not prevented: {gaps}" if gaps else "")
