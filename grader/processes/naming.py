"""The catalogue of mistakes, loaded in the checker and asked in the judge's own process."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.checks.failures import CheckFailure, LinkBrokenError
from grader.checks.link import RangError, bell
from grader.checks.reference import load_namespace
from grader.diagnosis.catalogue import Mistake, mistake_from
from grader.diagnosis.match import Asking, fitting
from grader.local import local_submission
from grader.notebook.source import Cell, read_cells, with_solution
from grader.wire.steps import Step


@dataclass(frozen=True)
class Known:
    """What is known of one exercise: the right answer, and mistakes.

    All stand on what stands in for earlier exercises, as the student's own answer does, so that
    they draw the same random numbers.
    """

    reference: Mapping[str, Any]
    mistakes: list[Mistake] = field(default_factory=list)


def load_catalogue(
    hidden: Path, reference: dict[str, Any], stand_ins_of: Callable[[str], list[str]]
) -> dict[str, Known]:
    """Return what is known of each exercise; raises `CourseError` for a file that does not run."""
    found: dict[str, Known] = {}
    for cell in read_cells(hidden / "solution.py"):
        if "exercise" in cell.metadata:
            name = str(cell.metadata["exercise"])
            sources = [*stand_ins_of(name), with_solution(cell.source)]
            found[name] = Known(load_namespace(f"reference {name}", sources, reference))
    for file in sorted((hidden / "mistakes").glob("*.py")):
        for cell in read_cells(file):
            if cell.kind == "code":
                mistake = _load(file, cell, reference, stand_ins_of)
                found[mistake.exercise].mistakes.append(mistake)
    return found


def _load(
    file: Path, cell: Cell, reference: dict[str, Any], stand_ins_of: Callable[[str], list[str]]
) -> Mistake:
    sources = [*stand_ins_of(str(cell.metadata.get("exercise"))), cell.source]
    namespace = load_namespace(str(cell.metadata.get("mistake")), sources, reference)
    return mistake_from(file, cell.metadata, namespace)


def explanations(
    known: Known, failed: Sequence[Step], passed: Sequence[Step], seconds: float, unknown: str = ""
) -> list[Mistake]:
    """Return the mistakes that would have answered the same, as far as `seconds` suffice.

    `unknown` is left out. A name is worth no points, so failing to find one costs none.
    """
    deadline = time.monotonic() + seconds
    mistakes = [mistake for mistake in known.mistakes if mistake.id != unknown]
    try:
        return fitting(
            mistakes, known.reference, failed, passed, lambda space: asking(space, deadline)
        )
    except Exception:
        # The boundary to values of a hostile process: any of them may break a comparison.
        return []


def asking(namespace: Mapping[str, Any], deadline: float) -> Asking:
    """Return what asks a namespace as a check would; after the deadline every answer is wrong."""
    submission = local_submission(dict(namespace))

    def ask(step: Step) -> Step:
        submission.trace.clear()
        with suppress(CheckFailure, LinkBrokenError, RangError), bell(deadline):
            submission.exchange(step)
        return submission.trace[-1] if submission.trace else Step("", error="no answer")

    return ask
