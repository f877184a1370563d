"""What grading would say of the form of a hand-in, before it is handed in; nothing is run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.model import Action, Assignment
from grader.notebook.answers import find_answers
from grader.notebook.causes import Evidence, cause
from grader.notebook.given import kept, label, misplaced
from grader.notebook.names import defined, mentioned
from grader.notebook.read import read_notebook
from grader.notebook.rules import Form, broken_rules


@dataclass(frozen=True)
class Preflight:
    """Sentences about a hand-in: what stops it from being packed, and what is only said."""

    stops: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def preflight(
    assignment: Assignment,
    data: bytes,
    members: Sequence[str],
    files: Sequence[tuple[str, bytes]],
) -> Preflight:
    """Look a notebook over as grading does; raises `Refused` for a file that cannot be read."""
    notebook = read_notebook(data)
    # Where the notebook as given is not kept, nothing can be said about what is the student's own.
    given = kept(assignment)
    evidence = Evidence(notebook, given)
    names = [exercise.name for exercise in assignment.exercises]
    stops = list(filter(None, [misplaced(assignment, data)]))
    if not set(names) & (defined(notebook) | mentioned(notebook)):
        stops.append(f"The notebook defines none of the exercises of {assignment.name}.")
    elif all(evidence.is_blank(name) or not evidence.binding(name) for name in names):
        stops.append("Every exercise is still blank: there is nothing to hand in yet.")
    broken = broken_rules(assignment.rules, Form(notebook, given, members, files))
    stops += [rule.text for rule in broken if rule.action is Action.refuse]
    remarks = [*notebook.warnings, *_version(assignment, data), *_blanks(assignment, evidence)]
    remarks += filter(
        None, (cause(evidence, name) for name in names if not evidence.is_blank(name))
    )
    answers = find_answers(notebook, assignment.questions, given)
    bare = [answer.name for answer in answers if answer.status != "answered"]
    remarks += [f"No answer to: {', '.join(bare)}."] if bare else []
    remarks += [rule.text for rule in broken if rule.action is not Action.refuse]
    return Preflight(tuple(stops), tuple(dict.fromkeys(remarks)))


def _version(assignment: Assignment, data: bytes) -> Iterator[str]:
    version = label(data).version
    if version is not None and version != assignment.version:
        yield (
            f"The notebook is of version {version}, the files beside it are of version "
            f"{assignment.version}: `grader update` brings them together."
        )


def _blanks(assignment: Assignment, evidence: Evidence) -> Iterator[str]:
    blank = [e.name for e in assignment.exercises if evidence.is_blank(e.name)]
    if blank:
        yield f"Still blank: {', '.join(blank)}."
