"""Everything a run of the grader leaves in its folder."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nbformat

from grader.errors import Refused, UsageError
from grader.exports.board import to_board
from grader.exports.document import to_json
from grader.exports.junit import to_junit
from grader.exports.table import to_csv
from grader.model import Assignment, Course, Grade, Submission
from grader.pipeline import Graded
from grader.reports.feedback import ReportCell, feedback_page
from grader.reports.text import one_line
from grader.store.gradebook import Gradebook


class Results:
    """The folder of a run: gradebook, feedback pages, executed notebooks.

    Each submission is written as soon as it is graded, so a run that is cut short loses nothing
    but what was in flight.
    """

    def __init__(self, course: Course, out: Path) -> None:
        self.course, self.out = course, out
        self.grades: list[Grade] = []
        try:
            for folder in (out, out / "feedback", out / "notebooks"):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{out} cannot be written to ({error.strerror}).") from error

    def __enter__(self) -> Self:
        self._gradebook = Gradebook(self.out / "gradebook.sqlite")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gradebook.__exit__()

    def take_up(self, submissions: Sequence[Submission]) -> list[Submission]:
        """Take over what an earlier run has graded; returns what is left to do.

        What could not be graded then is left to do, and so is a hand-in that is another one now.
        """
        names = {submission.name for submission in submissions}
        earlier = [grade for grade in self._gradebook.grades() if grade.submission in names]
        done = {grade.submission: grade for grade in earlier if is_final(grade)}
        left = [s for s in submissions if s.name not in done or digest(s) != done[s.name].digest]
        again = {submission.name for submission in left}
        self.grades += [grade for name, grade in done.items() if name not in again]
        return left

    def add(self, graded: Graded) -> None:
        """Write one submission: what is in the gradebook has its page and its notebook."""
        grade = graded.grade
        self.grades.append(grade)
        cells = report_cells(graded)
        page = self._page(grade, cells)
        write_whole(self.out / "feedback" / f"{grade.submission}.html", page)
        notebook = self.out / "notebooks" / f"{grade.submission}.ipynb"
        write_whole(notebook, executed_notebook(cells))
        self._gradebook.record(grade)

    def write(self, json_file: str | None, junit_file: str | None) -> None:
        """Write the results as JSON (`-` prints them), JUnit XML and a table, and incidents."""
        if json_file == "-":
            print(to_json(self.grades), end="")
        elif json_file:
            Path(json_file).write_text(to_json(self.grades), encoding="utf-8")
        if junit_file:
            Path(junit_file).write_text(to_junit(self.grades), encoding="utf-8")
        (self.out / "grades.csv").write_text(to_csv(self.grades), encoding="utf-8")
        for assignment in self.course.assignments:
            if assignment.leaderboard and any(g.assignment == assignment.name for g in self.grades):
                board = to_board(self.grades, assignment.name, assignment.leaderboard)
                (self.out / f"leaderboard-{assignment.name}.csv").write_text(board, "utf-8")
        (self.out / "incidents.txt").write_text(incidents_text(self.grades), encoding="utf-8")

    def _page(self, grade: Grade, cells: list[ReportCell]) -> str:
        title = self._title(grade)
        try:
            return feedback_page(grade, title, cells)
        except Exception:
            # A page that cannot be drawn must not take the rest of the class along: without the
            # student's cells it can.
            return feedback_page(grade, title, [])

    def _title(self, grade: Grade) -> str:
        found: list[Assignment] = [a for a in self.course.assignments if a.name == grade.assignment]
        return found[0].title if found else self.course.title


def write_whole(file: Path, text: str) -> None:
    """Write a file so that it is either there as a whole or as it was before."""
    part = file.with_name(f".{file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def is_final(grade: Grade) -> bool:
    """Tell whether grading the same hand-in again could not change anything."""
    return not grade.refused and not any(exercise.pending for exercise in grade.exercises)


def digest(submission: Submission) -> str:
    """Return what tells a hand-in from another of the same name; empty if it cannot be read."""
    try:
        return submission.load().digest
    except Refused:
        return ""


def incidents_text(grades: list[Grade]) -> str:
    """Return what happened that a person should know of, submission by submission."""
    lines = []
    for grade in sorted(grades, key=lambda grade: grade.submission):
        told = [f"refused: {grade.refused}"] if grade.refused else []
        told += [f"form: {remark}" for remark in grade.remarks if not grade.refused]
        told += [f"{incident.where}: {incident.text}" for incident in grade.incidents]
        # On one line each: a message must not look like that of another submission.
        names = [one_line(grade.submission)] if told else []
        lines += [*names, *(f"  {one_line(text)}" for text in told)]
    return "\n".join(lines or ["Nothing unusual happened."]) + "\n"


def report_cells(graded: Graded) -> list[ReportCell]:
    """Return the cells of a notebook with what each showed when it was run."""
    runs = {run.index: run for run in graded.grade.cells}
    cells, number = [], 0
    for cell in graded.notebook.cells:
        if cell.kind != "code":
            cells.append(ReportCell("markdown", cell.source, attachments=cell.attachments))
            continue
        run = runs.get(number)
        number += 1
        outputs: tuple[dict[str, Any], ...] = run.outputs if run else ()
        note = run.note if run else ""
        cells.append(ReportCell("code", cell.source, number if run else None, outputs, note))
    return cells


def executed_notebook(cells: list[ReportCell]) -> str:
    """Return the notebook as it ran here, in nbformat 4."""
    notebook = nbformat.v4.new_notebook()
    for position, cell in enumerate(cells, 1):
        name = f"cell-{position:03d}"
        if cell.kind == "markdown":
            new = nbformat.v4.new_markdown_cell(cell.source, id=name)
            if cell.attachments:
                new.attachments = nbformat.from_dict(dict(cell.attachments))
        else:
            outputs = [nbformat.from_dict(dict(output)) for output in cell.outputs]
            new = nbformat.v4.new_code_cell(
                cell.source, id=name, execution_count=cell.number, outputs=outputs
            )
        notebook.cells.append(new)
    return str(nbformat.writes(notebook))
