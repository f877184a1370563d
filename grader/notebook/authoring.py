"""From the cells of a solution to what students get and what staff see."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import nbformat

from grader.errors import CourseError
from grader.model import Assignment
from grader.notebook.answers import PLACEHOLDER, heading
from grader.notebook.source import END, SOLUTION, Cell, read_cells, without_solution
from grader.rubric import parse_rubric
from grader.settings import AssignmentTable, ExerciseTable, QuestionTable, check_assignment

STAFF_ONLY = ("answer", "rubric", "variant", "mistake")
MARKDOWN_ROLES = ("question", "answer", "rubric")


@dataclass(frozen=True)
class Draft:
    """A solution as its author wrote it, and the assignment it describes."""

    path: Path
    cells: tuple[Cell, ...]
    assignment: Assignment
    table: AssignmentTable


def read_draft(solution: Path, folder: Path) -> Draft:
    """Read `solution/solution.py`; `folder` is where the assignment is released to.

    Raises `CourseError` for a header, a region or a rubric that does not make sense.
    """
    path = solution / "solution.py"
    cells = read_cells(path)
    table = _table(path, cells)
    assignment = check_assignment(folder, solution, table, path)
    for cell in cells:
        _check_cell(path, cell, assignment)
    for question in assignment.questions:
        rubric = "\n".join(c.source for c in cells if c.metadata.get("rubric") == question.name)
        parse_rubric(f"{path}, question {question.name}", rubric, question.points)
    return Draft(path, tuple(cells), assignment, table)


def student_notebook(draft: Draft) -> str:
    """Return the skeleton as the text of an .ipynb file, the same for the same draft."""
    notebook = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            "course": {"assignment": draft.assignment.name, "version": draft.table.version},
        }
    )
    cells = [new for cell in draft.cells for new in _for_students(draft, cell)]
    for number, cell in enumerate(cells, 1):
        # Counted, not random: a release made twice is the same to the byte.
        notebook.cells.append(_nbformat_cell(cell, f"cell-{number:03d}"))
    return str(nbformat.writes(notebook)) + "\n"


def assignment_tables(draft: Draft) -> dict[str, Any]:
    """Return the contents of `assignment.toml`, without empty tables."""
    table = draft.table
    head = {"title": table.title, "version": table.version, "data": table.data}
    return {
        **head,
        "reveal": table.reveal.value,
        **({"leaderboard": table.leaderboard} if table.leaderboard else {}),
        **({"limits": table.limits} if table.limits else {}),
        **({"hand_in": rules} if (rules := msgspec.to_builtins(table.hand_in)) else {}),
        "exercises": [_plain(exercise, "depends") for exercise in table.exercises],
        "questions": [_plain(question) for question in table.questions],
    }


def _table(path: Path, cells: Sequence[Cell]) -> AssignmentTable:
    if not cells or cells[0].kind != "raw":
        raise CourseError(path, "the first cell must be `# %% [raw]` and hold the settings")
    try:
        settings = tomllib.loads(cells[0].source)
        settings["exercises"] = [_entry(c, "exercise") for c in cells if "exercise" in c.metadata]
        settings["questions"] = [_entry(c, "question") for c in cells if "question" in c.metadata]
        return msgspec.convert(settings, AssignmentTable)
    except tomllib.TOMLDecodeError as error:
        raise CourseError(path, f"the settings in the first cell: {error}") from error
    except msgspec.ValidationError as error:
        raise CourseError(path, _named(str(error), settings)) from error


def _named(problem: str, settings: dict[str, Any]) -> str:
    """Return a problem with the name of the exercise or question instead of its number."""

    def name(found: re.Match[str]) -> str:
        kind, number = found.groups()
        return f"the header of {settings[kind][int(number)]['name']}"

    return re.sub(r"`\$\.(exercises|questions)\[(\d+)\][^`]*`", name, problem)


def _entry(cell: Cell, role: str) -> dict[str, Any]:
    kinds = ExerciseTable if role == "exercise" else QuestionTable
    known = {key: cell.metadata[key] for key in kinds.__struct_fields__ if key in cell.metadata}
    return {"name": cell.metadata[role], **known}


def _check_cell(path: Path, cell: Cell, assignment: Assignment) -> None:
    where = f"{path}, cell {cell.source[:40]!r}"
    lines = cell.source.splitlines()
    marks = [
        bool(SOLUTION.match(line)) for line in lines if SOLUTION.match(line) or END.match(line)
    ]
    if marks != [True, False] * (len(marks) // 2):
        raise CourseError(where, "`# solution` and `# end` must come in pairs")
    if "exercise" in cell.metadata and not marks:
        raise CourseError(where, "an exercise needs a `# solution … # end` region")
    names = {question.name for question in assignment.questions}
    for role in MARKDOWN_ROLES:
        if role in cell.metadata and (cell.kind != "markdown" or cell.metadata[role] not in names):
            raise CourseError(where, f"{role} must be a text cell of a question that exists")


def _for_students(draft: Draft, cell: Cell) -> list[Cell]:
    if cell.kind == "raw" or cell.has_tag("staff"):
        return []
    if any(role in cell.metadata for role in STAFF_ONLY):
        return []
    if "exercise" in cell.metadata:
        check = Cell("code", f'check("{cell.metadata["exercise"]}")')
        return [Cell("code", without_solution(cell)), check]
    if "question" in cell.metadata:
        found = [q for q in draft.assignment.questions if q.name == cell.metadata["question"]]
        text = f"{heading(found[0])}\n\n{cell.source}"
        return [Cell("markdown", text), Cell("markdown", PLACEHOLDER)]
    return [Cell(cell.kind, cell.source)]


def _nbformat_cell(cell: Cell, number: str) -> Any:
    if cell.kind == "code":
        return nbformat.v4.new_code_cell(cell.source, id=number)
    return nbformat.v4.new_markdown_cell(cell.source, id=number)


def _plain(part: ExerciseTable | QuestionTable, *lists: str) -> dict[str, Any]:
    values = {name: getattr(part, name) for name in part.__struct_fields__}
    return {name: value for name, value in values.items() if value or name in lists}
