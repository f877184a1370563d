"""What a student uses inside a notebook: `check` and `pending`."""

import html
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import GraderError, UsageError
from grader.model import Assignment, CheckResult, Outcome

# Set in a worker: there the checks are run from outside, after the notebook.
graded = False

MARKS = {Outcome.passed: "✓", Outcome.not_run: "–"}


@contextmanager
def pending(what: str) -> Iterator[None]:
    """Let a cell wait for exercises that are still blank: says so instead of raising."""
    try:
        yield
    except NotImplementedError:
        print(f"Still to come: {what} appears once the functions it uses are written.")


def check(*names: str) -> "Card | None":
    """Run the public checks of the exercises named, or of all, on the notebook as it stands."""
    if graded:
        return None
    namespace = sys._getframe(1).f_globals
    try:
        assignment = find_assignment(Path.cwd())
        unknown = set(names) - {exercise.name for exercise in assignment.exercises}
        if unknown:
            raise UsageError(f"{assignment.title} has no exercise {', '.join(sorted(unknown))}.")
        return Card(tuple(run_public(assignment, namespace, names)))
    except GraderError as error:
        print(f"The checks cannot run: {error}", file=sys.stderr)
        return None


def find_assignment(folder: Path) -> Assignment:
    """Return the assignment in a folder; raises `UsageError` when its files are not there."""
    from grader.settings import ASSIGNMENT_FILE, load_assignment

    if not (folder / ASSIGNMENT_FILE).is_file() or not (folder / "checks.py").is_file():
        raise UsageError(
            f"There is no {ASSIGNMENT_FILE} or no checks.py in {folder}. Open the notebook in the "
            "folder it was released in, with both files beside it."
        )
    return load_assignment(folder)


def run_public(
    assignment: Assignment, namespace: dict[str, Any], names: tuple[str, ...]
) -> list[CheckResult]:
    """Return the results of the public checks of some exercises (all, if none are named)."""
    from grader.checks.session import Suite, with_suite
    from grader.local import local_submission

    results: list[CheckResult] = []

    def run(suite: Suite) -> None:
        chosen = [item for item in suite.checks if not names or item.exercise in names]
        results.extend(suite.run(item, local_submission(namespace)) for item in chosen)

    public = assignment.folder / "checks.py"
    with_suite(Suite("", assignment.name, public), [public], run)
    return results


@dataclass(frozen=True)
class Card:
    """The results of public checks, for a notebook or a terminal."""

    results: tuple[CheckResult, ...]

    def __repr__(self) -> str:
        """Return the card as plain text."""
        lines = []
        for result in self.results:
            lines.append(f"{mark(result)} {result.exercise}: {result.statement}")
            if result.outcome is not Outcome.passed:
                lines += [f"    {line}" for line in result.message.splitlines()]
                lines += [f"    hint: {result.hint}"] if result.hint else []
        return "\n".join(lines) or "There are no public checks for this."

    def _repr_html_(self) -> str:
        """Return the card as a small piece of HTML without scripts."""
        return f'<div style="line-height:1.5">{"".join(map(_row, self.results))}</div>'


def mark(result: CheckResult) -> str:
    """Return the sign of an outcome."""
    return MARKS.get(result.outcome, "✗")


def _row(result: CheckResult) -> str:
    say = html.escape
    head = f"<b>{mark(result)} {say(result.exercise)}</b>: {say(result.statement)}"
    if result.outcome is Outcome.passed:
        return f"<div>{head}</div>"
    message = f'<pre style="margin:.2em 0 .2em 1.5em">{say(result.message)}</pre>'
    hint = f"<details><summary>Hint</summary>{say(result.hint)}</details>" if result.hint else ""
    return f"<div>{head}{message}{hint}</div>"
