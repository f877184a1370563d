"""Everything a run of the grader leaves in its folder."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nbformat

from grader.digests import Keys
from grader.errors import Refused, UsageError
from grader.exports.board import to_board
from grader.exports.document import to_json
from grader.exports.junit import to_junit
from grader.exports.table import to_csv
from grader.marking.given import shown_of
from grader.model import Assignment, Course, Grade
from grader.notebook.read import Notebook, read_notebook
from grader.pipeline import Graded
from grader.policy.load import load_policy
from grader.policy.opening import view_of
from grader.reports.feedback import ReportCell, feedback_page
from grader.reports.text import one_line
from grader.store.gradebook import Gradebook
from grader.store.kept import Owner
from grader.store.layout import FEEDBACK, NOTEBOOKS, notebook_of, page_of


class Results:
    """The folder of a run: gradebook, feedback pages, executed notebooks.

    Each submission is written as soon as it is graded, so a run that is cut short loses nothing
    but what was in flight.
    """

    def __init__(self, course: Course, out: Path) -> None:
        self.course, self.out = course, out
        self.grades: list[Grade] = []
        self.policy = load_policy(course)
        try:
            for folder in (out, out / FEEDBACK, out / NOTEBOOKS):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{out} cannot be written to ({error.strerror}).") from error

    def __enter__(self) -> Self:
        self.book = Gradebook(self.out / "gradebook.sqlite")
        self.catch_up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.book.__exit__()

    def add(self, graded: Graded) -> None:
        """Write one submission: what is in the gradebook has its page and its notebook."""
        self.grades.append(graded.grade)
        if graded.recorded:
            self.book.note_origin(graded.grade)
            if not all(file.exists() for file in self._files(graded.grade)):
                self.republish(graded.grade)
            return
        self.keep(graded)
        self.publish(graded.grade, graded.notebook)
        with self.book.transaction():
            self.book.record(graded.grade)
            if graded.keys is not None:
                self.book.kept.forget_others(owner_of(graded.grade, graded.keys))
        if graded.grade.assignment:
            # As in the gradebook: what was of no assignment has found its own.
            for file in self._files(replace(graded.grade, assignment="")):
                file.unlink(missing_ok=True)

    def keep(self, graded: Graded) -> None:
        """Keep a hand-in, and what was found out just now about it, without anything doubtful."""
        kept, keys, findings = self.book.kept, graded.keys, graded.findings
        with self.book.transaction():
            if graded.hand_in.notebook:
                kept.keep_hand_in(graded.hand_in)
            if keys is None or findings.run is None or graded.grade.refused:
                return
            owner = owner_of(graded.grade, keys)
            if findings.run_is_fresh:
                kept.keep_run(owner, graded.grade.run, findings.run)
            certain = findings.fresh - findings.doubtful
            results = {name: findings.results[name] for name in certain}
            kept.keep_results(owner, keys.exercises, results)

    def publish(self, grade: Grade, notebook: Notebook) -> None:
        """Write the feedback page and the executed notebook of a grade with all its cells."""
        cells = report_cells(grade, notebook)
        page, executed = self._files(grade)
        for file in (page, executed):
            file.parent.mkdir(mode=0o700, exist_ok=True)
        (marked,) = self.book.marked([grade])
        write_whole(page, self._page(marked, cells))
        write_whole(executed, executed_notebook(cells))
        if shown := shown_of(marked):
            self.book.marks.note_shown((grade.assignment, grade.submission), shown)

    def republish(self, grade: Grade) -> None:
        """Do the same for a grade out of the gradebook."""
        self.publish(*self._with_cells(grade))

    def _with_cells(self, grade: Grade) -> tuple[Grade, Notebook]:
        run = self.book.kept.run(grade.assignment, grade.submission, grade.run)
        hand_in = self.book.kept.hand_in(grade.digest)
        try:
            notebook = read_notebook(hand_in.notebook) if hand_in is not None else Notebook(())
        except Refused:
            notebook = Notebook(())
        return replace(grade, cells=run.cells if run is not None else ()), notebook

    def cells_of(self, grade: Grade) -> list[ReportCell]:
        """Return the cells of a grade out of the gradebook, with what they showed."""
        return report_cells(*self._with_cells(grade))

    def catch_up(self) -> None:
        """Write the pages that a regrade, its undoing, or marking has left out of date."""
        due = set(self.book.regrades.unpublished()) | self._marked_since()
        for assignment, submission in sorted(due):
            grade = self.book.grade(assignment, submission)
            if grade is not None:
                self.republish(grade)
        if due:
            self.book.regrades.published()

    def restore(self) -> None:
        """Write the pages and notebooks that are not there."""
        for grade in self.book.grades():
            if not all(file.exists() for file in self._files(grade)):
                self.republish(grade)

    def _marked_since(self) -> set[tuple[str, str]]:
        """Return the submissions whose pages tell of other marks than those of now."""
        told = self.book.marks.shown()
        if not told and not self.book.ledger().events:
            return set()
        keyed = {(g.assignment, g.submission): g for g in self.book.marked(self.book.grades())}
        return {key for key, grade in keyed.items() if told.get(key, "") != shown_of(grade)}

    def write(self, json_file: str | None, junit_file: str | None) -> None:
        """Write this run as JSON (`-` prints it) and JUnit XML, and the tables of the folder."""
        grades = self.book.marked(self.grades)
        if json_file == "-":
            print(to_json(grades), end="")
        elif json_file:
            Path(json_file).write_text(to_json(grades), encoding="utf-8")
        if junit_file:
            Path(junit_file).write_text(to_junit(grades), encoding="utf-8")
        self.write_tables()

    def write_tables(self) -> None:
        """Write the tables and incidents of everything in the folder, not of one run alone."""
        grades = self.book.marked(self.book.grades())
        write_whole(self.out / "grades.csv", to_csv(grades))
        for assignment in self.course.assignments:
            if assignment.leaderboard and any(g.assignment == assignment.name for g in grades):
                board = to_board(grades, assignment.name, assignment.leaderboard)
                write_whole(self.out / f"leaderboard-{assignment.name}.csv", board)
        write_whole(self.out / "incidents.txt", incidents_text(grades))

    def _files(self, grade: Grade) -> tuple[Path, Path]:
        """Return where the page and the executed notebook of a grade lie."""
        key = grade.assignment, grade.submission
        return self.out / page_of(*key), self.out / notebook_of(*key)

    def _page(self, grade: Grade, cells: list[ReportCell]) -> str:
        title, view = (
            self.title_of(grade),
            view_of(self.policy, grade.assignment, datetime.now(UTC)),
        )
        shown = partial(feedback_page, grade, title, level=view.level, marks=view.marks)
        try:
            return shown(cells)
        except Exception:
            # A page that cannot be drawn must not take the rest of the class along: without the
            # student's cells it can.
            return shown([])

    def title_of(self, grade: Grade) -> str:
        """Return what an assignment is called."""
        found: list[Assignment] = [a for a in self.course.assignments if a.name == grade.assignment]
        return found[0].title if found else self.course.title


def write_whole(file: Path, text: str) -> None:
    """Write a file so that it is either there as a whole or as it was before."""
    part = file.with_name(f".{file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def write_for_owner(target: Path, content: str | bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    part = target.with_name(f".{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        part.replace(target)
    except OSError as error:
        raise UsageError(f"{target} cannot be written to ({error.strerror}).") from error


def owner_of(grade: Grade, keys: Keys) -> Owner:
    """Return under whose name things are kept."""
    return grade.assignment, grade.submission, keys.content


def incidents_text(grades: list[Grade]) -> str:
    """Return what happened that a person should know of, submission by submission."""
    several, lines = len({grade.assignment for grade in grades}) > 1, []
    for grade in sorted(grades, key=lambda grade: (grade.submission, grade.assignment)):
        told = [f"refused: {grade.refused}"] if grade.refused else []
        told += [f"form: {remark}" for remark in grade.remarks if not grade.refused]
        told += [f"{incident.where}: {incident.text}" for incident in grade.incidents]
        # On one line each: a message must not look like that of another submission.
        of = f" ({grade.assignment})" if several and grade.assignment else ""
        names = [one_line(grade.submission + of)] if told else []
        lines += [*names, *(f"  {one_line(text)}" for text in told)]
    return "\n".join(lines or ["Nothing unusual happened."]) + "\n"


def report_cells(grade: Grade, notebook: Notebook) -> list[ReportCell]:
    """Return the cells of a notebook with what each showed when it was run."""
    runs = {run.index: run for run in grade.cells}
    cells, number = [], 0
    for cell in notebook.cells:
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
