"""Where a part of a name still stands: in whose hand-in, and in which cell, output or comment."""

import re
from collections.abc import Iterator
from typing import Any

from grader.errors import Refused
from grader.forget.plan import BOOK, Plan
from grader.model import CellRun, Course, ExerciseGrade, Grade, QuestionAnswer
from grader.notebook.given import as_given
from grader.notebook.read import Notebook, read_notebook
from grader.results import Results
from grader.store.gradebook import Gradebook

MOST = 6


def places(results: Results, plan: Plan) -> Iterator[str]:
    """Yield a sentence for each hand-in that is left and holds a part of the name.

    What everybody was given is passed over: only what somebody wrote can mean a person.
    """
    pattern = parts_of(plan)
    with Gradebook(results.out / BOOK) as book:
        for grade in book.marked(book.grades()):
            found: dict[str, list[str]] = {}
            for place, text in _texts(book, results.course, grade):
                for word in dict.fromkeys(map(str.casefold, pattern.findall(text))):
                    found.setdefault(word, []).append(place)
            for word, where in found.items():
                more = f" and {len(where) - MOST} more places" if len(where) > MOST else ""
                yield (
                    f"{grade.submission} ({grade.assignment or 'no assignment'}): “{word}”, a part "
                    f"of the name, stands in {', '.join(where[:MOST])}{more}. It was left, since "
                    "it may mean anything: look whether it means them."
                )


def parts_of(plan: Plan) -> re.Pattern[str]:
    """Return what finds single words of the names; addresses and numbers are none."""
    texts = [text for text in (*plan.needles, *plan.bare) if "@" not in text]
    words = {word for text in texts for word in re.split(r"[\W_]+", text)}
    telling = sorted(word for word in words if len(word) > 1 and not word.isdigit())
    any_of = "|".join(map(re.escape, telling))
    return re.compile(rf"\b(?:{any_of})\b" if any_of else r"(?!)", re.IGNORECASE)


def _texts(book: Gradebook, course: Course, grade: Grade) -> Iterator[tuple[str, str]]:
    """Yield what people have written or made to be shown, each with its place."""
    given = _given(course, grade.assignment)
    run = book.kept.run(grade.assignment, grade.submission, grade.run)
    shown = {cell.index: cell for cell in run.cells} if run is not None else {}
    code = 0
    for number, cell in enumerate(_handed_in(book, grade).cells, 1):
        if cell.source not in given:
            yield f"cell {number}", cell.source
        if cell.kind == "code":
            if code in shown:
                yield f"the output of cell {number}", _output(shown[code])
            code += 1
    for exercise in grade.exercises:
        told = " ".join(f"{check.message} {check.detail}" for check in exercise.checks)
        yield f"the messages of {exercise.name}", told
    if grade.mark is not None:
        yield "the reason for its points", grade.mark.comment
    parts: tuple[ExerciseGrade | QuestionAnswer, ...] = (*grade.questions, *grade.exercises)
    for part in parts:
        if part.mark is not None:
            yield f"the comment on {part.name}", part.mark.comment


def _given(course: Course, name: str) -> frozenset[str]:
    found = [assignment for assignment in course.assignments if assignment.name == name]
    return frozenset(cell.source for a in found for cell in as_given(a).cells)


def _handed_in(book: Gradebook, grade: Grade) -> Notebook:
    hand_in = book.kept.hand_in(grade.digest)
    try:
        return read_notebook(hand_in.notebook) if hand_in is not None else Notebook(())
    except Refused:
        return Notebook(())


def _output(run: CellRun) -> str:
    texts: list[Any] = [run.note]
    for output in run.outputs:
        data: Any = output.get("data", {})
        texts += [output.get("text"), *(data[kind] for kind in data if kind.startswith("text/"))]
    return " ".join(str(text) for text in texts if text)
