"""Find what a student wrote under each question, whatever happened to the cells' metadata."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from grader.model import Question, QuestionAnswer
from grader.notebook.read import Cell, Notebook

PLACEHOLDER = "*Your answer here.*"
MAX_ANSWER = 100_000


def heading(question: Question) -> str:
    """Return the line that marks a question in the released notebook."""
    title = f": {question.title}" if question.title else ""
    kind = "bonus point" if question.bonus else "point"
    points = f"{float(question.points):g} {kind}{'' if question.points == 1 else 's'}"
    return f"### Question {question.name}{title} ({points})"


def find_answers(
    notebook: Notebook, questions: Iterable[Question], skeleton: Notebook
) -> tuple[QuestionAnswer, ...]:
    """Return the answer to each question, in order.

    A question is found by its heading. The answer is everything new between it and the next cell
    that the skeleton has too, or the next question. A cell that was copied ends nothing: the copy
    may have come to lie between the two.
    """
    known = _known(notebook, skeleton)
    return tuple(_find(notebook.cells, question, known) for question in questions)


def locate(notebook: Notebook, question: Question, skeleton: Notebook) -> range:
    """Return which cells hold a question and all that stands under it; empty if not found."""
    known = _known(notebook, skeleton)
    for index, cell in enumerate(notebook.cells):
        if cell.kind == "markdown" and _heading(question).search(cell.source):
            following = enumerate(notebook.cells[index + 1 :], index + 1)
            ends = (at for at, c in following if _is_next(c, known))
            return range(index, next(ends, len(notebook.cells)))
    return range(0)


def _heading(question: Question) -> re.Pattern[str]:
    name = re.escape(question.name)
    return re.compile(rf"^#+\s*Question\s+{name}\b", re.IGNORECASE | re.MULTILINE)


def _known(notebook: Notebook, skeleton: Notebook) -> dict[str, bool]:
    """Return the texts of the skeleton's cells, and whether there are more copies of each."""
    given = Counter(same_text(c.source) for c in skeleton.cells if PLACEHOLDER not in c.source)
    there = Counter(same_text(cell.source) for cell in notebook.cells)
    return {text: there[text] > count for text, count in given.items()}


def _is_next(cell: Cell, known: Mapping[str, bool]) -> bool:
    is_question = re.match(r"#+\s*Question\b", cell.source)
    return known.get(same_text(cell.source)) is False or bool(is_question)


def _find(cells: Sequence[Cell], question: Question, known: Mapping[str, bool]) -> QuestionAnswer:
    start = _heading(question)
    for index, cell in enumerate(cells):
        if cell.kind == "markdown" and start.search(cell.source):
            parts = [_beyond(cell.source, known), *_following(cells[index + 1 :], known)]
            text = "\n\n".join(part for part in parts if part)[:MAX_ANSWER]
            return _answer(question, text, "answered" if text else "blank")
    return _answer(question, "", "missing")


def _following(cells: Sequence[Cell], known: Mapping[str, bool]) -> Iterable[str]:
    for cell in cells:
        if _is_next(cell, known):
            return
        if same_text(cell.source) in known:
            continue
        text = cell.source.replace(PLACEHOLDER, "").strip()
        yield f"```python\n{text}\n```" if cell.kind == "code" and text else text


def _beyond(source: str, known: Mapping[str, bool]) -> str:
    """Return what was typed into the question's own cell, below the question."""
    lines, longest = source.rstrip().splitlines(), max(map(len, known), default=0)
    key, end = "", 0
    for number, line in enumerate(lines, 1):
        key = f"{key} {same_text(line)}".strip()
        if len(key) > longest:
            # Nothing known is so long: a cell of a million lines is not searched to its end.
            break
        if key in known:
            end = number
    return "\n".join(lines[end:]).replace(PLACEHOLDER, "").strip() if end else ""


def _answer(question: Question, text: str, status: str) -> QuestionAnswer:
    return QuestionAnswer(
        question.name, question.title, question.points, text, status, question.bonus
    )


def same_text(source: str) -> str:
    """Return a text so that it equals every other that differs in white space alone."""
    return " ".join(source.split())
