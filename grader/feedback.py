"""The pages that students get: one for each student and assignment, at the level of the day."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.classmarks import ClassMarks
from grader.model import Grade, Origin
from grader.notebook.bundle import safe_name
from grader.policy.opening import view_of
from grader.policy.terms import FinalMark, Line
from grader.reports.feedback import feedback_page
from grader.results import Results, write_whole
from grader.roster import Student

FOLDER = "for-students"


@dataclass(frozen=True)
class Page:
    """One page: whose it is, of which assignment, its HTML, and where its hand-in came from."""

    student: Student
    assignment: str
    html: str
    origin: Origin


def pages(
    results: Results, found: ClassMarks, now: datetime, wanted: Iterable[Student]
) -> Iterator[Page]:
    """Yield the pages of some students; each holds nothing beyond what is open at a moment."""
    grades = {(g.assignment, g.submission): g for g in results.book.marked(results.book.grades())}
    for student in wanted:
        final = found.marks[student.key]
        for mark in final.assignments:
            grade = grades.get((mark.assignment, mark.submission))
            if grade is not None:
                lines = mark_lines(final, mark.assignment)
                html = page_of(results, grade, found, now, lines)
                yield Page(student, mark.assignment, html, grade.origin)


def page_of(
    results: Results, grade: Grade, found: ClassMarks, now: datetime, lines: tuple[Line, ...]
) -> str:
    """Return the page of one hand-in for one of its students."""
    view = view_of(found.policy, grade.assignment, now)
    told = opens_at(view.opens, found)
    # How a mark comes about tells the points by hand.
    shown = lines if view.marks else ()
    cells = results.cells_of(grade)
    title = results.title_of(grade)
    return feedback_page(
        grade, title, cells, level=view.level, marks=view.marks, told=told, lines=shown
    )


def mark_lines(final: FinalMark, assignment: str) -> tuple[Line, ...]:
    """Return how the mark of an assignment comes about."""
    own = (mark.lines for mark in final.assignments if mark.assignment == assignment)
    return next(own, ())


def opens_at(opens: datetime | None, found: ClassMarks) -> str:
    """Return a sentence on what will be shown later; empty where nothing will."""
    from grader.policy.words import moment

    if opens is None:
        return ""
    return (
        f"More will be shown here from {moment(opens, found.policy.zone)}: ask for the page then."
    )


def write_pages(results: Results, all_pages: Iterable[Page], *, anew: bool) -> list[Path]:
    """Write pages into a folder for each student; `anew` leaves no others there."""
    root = results.out / FOLDER
    if anew:
        shutil.rmtree(root, ignore_errors=True)
    root.mkdir(mode=0o700, exist_ok=True)
    taken: dict[str, str] = {}
    written = []
    for page in all_pages:
        folder = root / folder_of(page.student, taken)
        folder.mkdir(exist_ok=True)
        file = folder / f"{page.assignment}.html"
        write_whole(file, page.html)
        written.append(file)
    return written


def folder_of(student: Student, taken: dict[str, str]) -> str:
    """Return the name of a student's folder; of two with one name the second has its key, too."""
    name = safe_name(student.name)
    if taken.setdefault(name.casefold(), student.key) != student.key:
        return safe_name(f"{name} ({student.key})")
    return name
