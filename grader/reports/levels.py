"""What a student may see of a grade: nothing beyond a level is left in what is returned."""

import re
from dataclasses import replace

from grader.model import CheckResult, Grade, Outcome, Reveal

# The lines of a witness, as `grader.checks.failures` writes them, in that order.
WITNESS = re.compile(r"(?:with|at|got|expected):")
EXPECTED = re.compile(r"expected:")


def shown_at(grade: Grade, level: Reveal | None, *, marks: bool = True) -> Grade:
    """Return a grade as its student sees it at a level; None leaves messages as they were made.

    Without `marks` what people have given is not there yet. Incidents and details are for staff.
    """
    exercises = tuple(
        replace(e, checks=tuple(check_at(check, level) for check in e.checks))
        for e in grade.exercises
    )
    shown = replace(grade, exercises=exercises, incidents=())
    if marks:
        return shown
    questions = tuple(replace(question, mark=None) for question in shown.questions)
    return replace(shown, questions=questions, mark=None)


def check_at(check: CheckResult, level: Reveal | None) -> CheckResult:
    """Return a check with the message of a level, and without what is for staff."""
    if level is None:
        return replace(check, detail="")
    return replace(check, message=message_at(check, level), detail="")


def message_at(check: CheckResult, level: Reveal) -> str:
    """Return what may be said of a check; public ones are in students' hands anyway."""
    if check.outcome in {Outcome.passed, Outcome.grader_fault, Outcome.not_run}:
        return check.message
    full = check.detail or check.message
    if check.public or level is Reveal.everything:
        return full
    ends = EXPECTED if level is Reveal.witness else WITNESS
    lines = full.split("\n")
    # TRAP: what came out is the student's own text, and may look like the lines below it. Whatever
    # follows the first line of that form is left out.
    kept = next((at for at, line in enumerate(lines) if ends.match(line)), len(lines))
    return "\n".join(lines[:kept])
