"""What teaching assistants read: each solution, executed, with model answers and rubrics."""

from pathlib import Path

from grader.errors import CourseError
from grader.model import Course, HandIn
from grader.notebook.answers import heading
from grader.notebook.authoring import Draft, read_draft
from grader.notebook.source import Cell, with_solution
from grader.processes.executing import Execution
from grader.processes.launch import Processes
from grader.release import solutions
from grader.reports.staff import StaffCell, staff_page

ROLES = ("exercise", "question", "answer", "rubric")


def staff_pages(course: Course, out: Path) -> list[str]:
    """Execute every solution and write one page each to `out`; return the names of the files.

    Raises `CourseError` when a cell of a solution fails.
    """
    out.mkdir(parents=True, exist_ok=True)
    written = []
    with Processes([course.root]) as processes:
        for solution in solutions(course.root):
            draft = read_draft(solution, course.root / "assignments" / solution.name)
            page = staff_page(draft.assignment.title, executed(processes, course.root, draft))
            name = f"{draft.assignment.name}.html"
            (out / name).write_text(page, encoding="utf-8")
            written.append(name)
    return written


def executed(processes: Processes, root: Path, draft: Draft) -> list[StaffCell]:
    """Return the cells of a solution with what each showed."""
    code = [with_solution(cell.source) for cell in draft.cells if cell.kind == "code"]
    data = [root / "data" / name for name in draft.table.data]
    execution = Execution(processes, code, HandIn(b""), data, seed=0)
    with execution.worker(draft.assignment.limits):
        failed = [run.index for run in execution.runs.values() if not run.ok]
    if failed:
        number = failed[0]
        why = execution.first_error
        what = f"its code cell {number + 1} fails ({why}):\n{code[number]}"
        raise CourseError(draft.path, what)
    cells, number = [], 0
    for cell in draft.cells:
        if cell.kind == "code":
            run = execution.runs[number]
            number += 1
            cells.append(
                StaffCell("code", with_solution(cell.source), number, run.outputs, role=role(cell))
            )
        elif cell.kind == "markdown":
            cells.append(StaffCell("markdown", text(draft, cell), role=role(cell)))
    return cells


def role(cell: Cell) -> str:
    """Return what a cell is to the staff, or nothing for plain text and demonstrations."""
    return next((name for name in ROLES if name in cell.metadata), "")


def text(draft: Draft, cell: Cell) -> str:
    """Return a text cell, a question with the heading students see."""
    for question in draft.assignment.questions:
        if cell.metadata.get("question") == question.name:
            return f"{heading(question)}\n\n{cell.source}"
    return cell.source
