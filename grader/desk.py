"""What a student uses inside a notebook: `check` and `pending`."""

import difflib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import GraderError, UsageError
from grader.model import Assignment, CheckResult, Exercise, Outcome

if TYPE_CHECKING:
    from grader.card import Card, Look, Overview, State

# Set in a worker: there the checks are run from outside, after the notebook.
graded = False

# How a check says that it has met an exercise nobody has written.
BLANK = "is still blank."


@contextmanager
def pending(what: str) -> Iterator[None]:
    """Let a cell wait for exercises that are still blank: says so instead of raising."""
    try:
        yield
    except NotImplementedError:
        print(f"Still to come: {what} appears once the functions it uses are written.")


def check(*names: str) -> "Card | Overview | None":
    """Run the public checks of the exercises named on the notebook as it stands.

    Without a name, return an overview of all exercises.
    """
    if graded:
        return None
    namespace = sys._getframe(1).f_globals
    try:
        return examine(find_assignment(Path.cwd()), namespace, names)
    except GraderError as error:
        print(f"The checks cannot run: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        # Its traceback would be fifty frames of ours around one of the student's.
        print("Stopped: the checks were interrupted before they had ended.", file=sys.stderr)
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


def examine(
    assignment: Assignment, namespace: dict[str, Any], names: Sequence[str]
) -> "Card | Overview":
    """Return a card of the exercises named, or an overview; raises `UsageError` for other names."""
    from grader.card import Card, Overview

    by_name = {exercise.name: exercise for exercise in assignment.exercises}
    for name in names:
        if name not in by_name:
            raise UsageError(unknown(assignment, name))
    wanted = tuple(by_name[name] for name in dict.fromkeys(names)) or assignment.exercises
    looks = look_at(assignment, namespace, wanted)
    if names:
        return Card(looks)
    return Overview(assignment.title, looks, tuple(about_names(namespace)))


def unknown(assignment: Assignment, name: object) -> str:
    """Return what to say of a name that is no exercise."""
    names = [exercise.name for exercise in assignment.exercises]
    if not isinstance(name, str):
        return 'Give the name of an exercise in quotation marks, as in check("' + names[0] + '").'
    lower = {known.lower(): known for known in names}
    near = difflib.get_close_matches(name.lower(), lower, n=1)
    meant = f"Did you mean {lower[near[0]]}?" if near else f"It has: {', '.join(names)}."
    return f"{assignment.title} has no exercise {name}. {meant}"


def look_at(
    assignment: Assignment, namespace: dict[str, Any], exercises: Sequence[Exercise]
) -> "tuple[Look, ...]":
    """Return how exercises stand; the checks of those that are defined are run."""
    from grader.card import Look, State

    there = [exercise.name for exercise in exercises if exercise.name in namespace]
    results = run_public(assignment, namespace, there) if there else []
    looks = []
    for exercise in exercises:
        own = tuple(result for result in results if result.exercise == exercise.name)
        state = state_of(exercise, namespace, own)
        note = about(exercise, namespace, state)
        shown = () if state in {State.blank, State.waiting} else own
        looks.append(Look(exercise, state, shown, note))
    return tuple(looks)


def state_of(
    exercise: Exercise, namespace: Mapping[str, Any], results: Sequence[CheckResult]
) -> "State":
    """Return how an exercise stands after its checks."""
    from grader.card import State

    if exercise.name not in namespace:
        return State.missing
    if namespace[exercise.name] is ...:
        return State.blank
    broken = [result for result in results if result.outcome is not Outcome.passed]
    # Finished code may name that error, too: only where the checks meet it something is blank.
    if broken and all(BLANK in result.message for result in broken):
        if is_blank(namespace[exercise.name]):
            return State.blank
        if unwritten(exercise, namespace):
            return State.waiting
    if not results:
        return State.unchecked
    return State.wrong if broken else State.passed


def unwritten(exercise: Exercise, namespace: Mapping[str, Any]) -> list[str]:
    """Return the exercises that this one builds on and that are not written yet."""
    return [n for n in exercise.depends if n not in namespace or is_blank(namespace[n])]


def about(exercise: Exercise, namespace: Mapping[str, Any], state: "State") -> str:
    """Return what to do next with an exercise, as a sentence; empty if nothing is to be said."""
    from grader.card import State

    name = exercise.name
    if state is State.missing:
        near = difflib.get_close_matches(name, [n for n in namespace if n[:1] != "_"], 1, 0.75)
        meant = f" There is `{near[0]}`: the name is what counts." if near else ""
        return f"Run the cell that defines `{name}` first, then this one.{meant}"
    if state is State.blank:
        return f"Write `{name}`, run its cell, then this one again."
    left = unwritten(exercise, namespace)
    if state is State.passed or not left:
        return ""
    names, verb = ", ".join(f"`{name}`" for name in left), "is" if len(left) == 1 else "are"
    return f"It builds on {names}, which {verb} not written yet: begin there."


def is_blank(value: object) -> bool:
    """Tell whether a function, class or variable is as it was released: still to be written."""
    if value is ...:
        return True
    parts = [value, *vars(value).values()] if isinstance(value, type) else [value]
    codes = (getattr(part, "__code__", None) for part in parts)
    return any("NotImplementedError" in code.co_names for code in codes if code is not None)


def about_names(namespace: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is to be said of the names of the group."""
    members = namespace.get("MEMBERS", ("?",))
    if isinstance(members, list | tuple) and not all(members):
        yield "MEMBERS is still blank: write the names of your group there."


def run_public(
    assignment: Assignment, namespace: dict[str, Any], names: Sequence[str]
) -> list[CheckResult]:
    """Return the results of the public checks of some exercises (all, if none are named)."""
    from grader.checks.session import Suite, with_suite
    from grader.local import generators_kept, local_submission

    results: list[CheckResult] = []

    def run(suite: Suite) -> None:
        chosen = [item for item in suite.checks if not names or item.exercise in names]
        results.extend(suite.run(item, local_submission(namespace)) for item in chosen)

    public = assignment.folder / "checks.py"
    with generators_kept():
        with_suite(Suite("", assignment.name, public), [public], run)
    return results
