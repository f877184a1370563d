"""Find out what is not known of one hand-in: run its cells, and make the checks that are left."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from grader.engine.slots import Slots
from grader.model import Assignment, ExerciseResults, HandIn, NotebookRun
from grader.processes.executing import Execution
from grader.processes.judgement import Judgement, key_of
from grader.processes.launch import Judges, Processes
from grader.recall import Findings, without_note


@dataclass(frozen=True)
class Case:
    """A hand-in to be examined: its code cells and files, by whose checks, and where.

    `slots` gives out graphics cards, where the device is one; `watch` is told by exercise what is
    known so far, with blanks for checks that are still to come.
    """

    processes: Processes
    judges: Judges
    assignment: Assignment
    code: list[str]
    hand_in: HandIn
    seed: int
    device: str
    slots: Slots | None = None
    watch: Callable[[Mapping[str, ExerciseResults]], None] | None = None


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
    judgement = judgement_of(case, findings)
    execution, watch = judgement.execution, case.watch
    if watch is not None:
        judgement.watch = lambda: watch(by_exercise(case.assignment, judgement))
        judgement.watch()
    judgement.run()
    take_run(execution, case.processes.isolation.open, findings)
    judged = take_results(case.assignment, judgement, findings)
    # Results that rest on a run in doubt are in doubt as well.
    findings.doubtful |= judged if execution.is_doubtful else judgement.doubtful()


def judgement_of(case: Case, findings: Findings) -> Judgement:
    """Return what will judge a hand-in, with what is known already filled in."""
    assignment, slots = case.assignment, case.slots
    execution = Execution(
        case.processes,
        case.code,
        case.hand_in,
        list(assignment.data),
        case.seed,
        gpu=slots is not None,
    )
    judgement = Judgement(
        case.judges, execution, assignment.limits, case.device, slots=slots, kind=assignment.name
    )
    for name, found in findings.results.items():
        judgement.results |= {key_of(check): check for check in found.checks}
        judgement.notes[name] = found.note
    return judgement


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
    old = findings.results
    findings.results = by_exercise(assignment, judgement) | old
    own = {incident for found in findings.results.values() for incident in found.incidents}
    findings.others += [incident for incident in judgement.incidents if incident not in own]
    judged = findings.results.keys() - old.keys()
    findings.fresh |= judged
    return judged


def by_exercise(assignment: Assignment, judgement: Judgement) -> dict[str, ExerciseResults]:
    """Return what is known by exercise, in the order of the checks; blanks for those to come."""
    known = [judgement.results.get(key_of(blank), blank) for blank in judgement.judges.checks]
    return {
        name: ExerciseResults(
            tuple(result for result in known if result.exercise == name),
            judgement.notes.get(name, ""),
            # Of a check, or of the exercise as a whole on a graphics card.
            tuple(i for i in judgement.incidents if i.where.startswith((f"{name}/", f"{name} "))),
        )
        for name in (exercise.name for exercise in assignment.exercises)
    }


def isolation_text(walls: list[str], left_open: Iterable[str]) -> str:
    """Return what a worker stood behind in words: the level, its walls, what they do not stop."""
    if not walls:
        return ""
    level, *others = walls
    gaps = ", ".join(left_open)
    return f"{level} ({', '.join(others)})" + (f"; not prevented: {gaps}" if gaps else "")
