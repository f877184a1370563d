"""The catalogue of mistakes, loaded in the checker and asked in the judge's own process."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from grader.checks.failures import CheckFailure, LinkBrokenError
from grader.checks.link import RangError, bell
from grader.checks.reference import load_namespace
from grader.diagnosis.catalogue import Load, Mistake, mistake_from
from grader.diagnosis.match import Asking, Trace, fitting
from grader.errors import CourseError
from grader.local import local_submission
from grader.notebook.source import Cell, read_cells, with_solution
from grader.wire.steps import Step


@dataclass(frozen=True)
class StandIns:
    """What stands in for the exercises that one builds on: code, and functions of ours."""

    sources: Sequence[str] = ()
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What is known of one exercise: the right answer, and mistakes.

    All are asked with the same stand-ins as the student's answer is, so that they draw the same
    random numbers and lose the same gradients.
    """

    reference: Load
    mistakes: list[Mistake] = field(default_factory=list)
    stand_ins: StandIns = field(default_factory=StandIns)


def load_catalogue(
    hidden: Path, reference: dict[str, Any], stand_ins_of: Callable[[str], StandIns]
) -> dict[str, Known]:
    """Return what is known of each exercise; raises `CourseError` for a file that does not run."""
    found: dict[str, Known] = {}
    for cell in read_cells(hidden / "solution.py"):
        if "exercise" in cell.metadata:
            name = str(cell.metadata["exercise"])
            stand_ins = stand_ins_of(name)
            sources = [*stand_ins.sources, with_solution(cell.source)]
            load = partial(load_namespace, f"reference {name}", sources, reference)
            found[name] = Known(load, stand_ins=stand_ins)
    for file in sorted((hidden / "mistakes").glob("*.py")):
        for cell in read_cells(file):
            if cell.kind == "code":
                mistake = _load(file, cell, reference, stand_ins_of)
                if mistake.exercise not in found:
                    what = f"{mistake.id} is of {mistake.exercise}, which is no exercise"
                    raise CourseError(file, what)
                found[mistake.exercise].mistakes.append(mistake)
    return found


def _load(
    file: Path, cell: Cell, reference: dict[str, Any], stand_ins_of: Callable[[str], StandIns]
) -> Mistake:
    sources = [*stand_ins_of(str(cell.metadata.get("exercise"))).sources, cell.source]
    load = partial(load_namespace, str(cell.metadata.get("mistake")), sources, reference)
    # One that does not run is found now, not when a student has made it.
    load()
    return mistake_from(file, cell.metadata, load)


def explanations(
    known: Known,
    failed: Sequence[Trace],
    passed: Sequence[Trace],
    seconds: float,
) -> list[Mistake]:
    """Return the mistakes that would have answered the same, as far as `seconds` suffice.

    A name is worth no points, so failing to find one costs none.
    """
    deadline = time.monotonic() + seconds

    def opened(load: Load) -> Asking:
        return asking(load(), known.stand_ins, deadline)

    try:
        return fitting(known.mistakes, known.reference, failed, passed, opened)
    except Exception:
        # The boundary to values of a hostile process: any of them may break a comparison.
        return []


def asking(namespace: dict[str, Any], stand_ins: StandIns, deadline: float) -> Asking:
    """Return what asks a program as a check would; after the deadline every answer is wrong."""
    # The program's own dictionary: what stands in must be seen by its functions.
    submission = local_submission(namespace)
    for name, function in stand_ins.functions.items():
        submission.stand_in(name, function)

    def ask(step: Step) -> Step:
        submission.trace.clear()
        with suppress(CheckFailure, LinkBrokenError, RangError), bell(deadline):
            submission.exchange(step)
        return submission.trace[-1] if submission.trace else Step("", error="no answer")

    return ask
