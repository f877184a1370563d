"""The class report, from a gradebook to its page."""

from collections.abc import Sequence
from pathlib import Path

from grader.classreport import causes, points
from grader.classreport.items import quartiles
from grader.classreport.tally import Tally, missing, tallies
from grader.errors import UsageError
from grader.model import Assignment, Course, Limits
from grader.reports.classroom import Section, class_page
from grader.results import write_for_owner
from grader.store.gradebook import Gradebook


def write_report(
    graded: Path, target: Path, course: Course | None, names: Sequence[str] = ()
) -> None:
    """Write the report on a folder of results; raises `UsageError` where there are no grades.

    Without `names` those on the gradebook's roster should have handed in, if it has one.
    """
    with Gradebook(graded / "gradebook.sqlite") as book:
        if not book.keys():
            raise UsageError(f"{graded} holds no grades yet.")
        enrolled = [student.name for student in book.roster.students() if not student.left]
        page = report(book, course, names or enrolled)
    write_for_owner(target, page)


def report(book: Gradebook, course: Course | None, names: Sequence[str] = ()) -> str:
    """Return the report on all assignments in a gradebook as one HTML file.

    The course knows titles and limits; without it the report does without. `names` are of those who
    should have handed in, in any spelling that the site or the notebooks use.
    """
    known = {assignment.name: assignment for assignment in (course.assignments if course else ())}
    # What nobody could recognise comes last, though its name sorts first.
    found = sorted(tallies(book), key=lambda tally: (not tally.assignment, tally.assignment))
    sections = [
        _section(tally, known.get(tally.assignment), names, f"f{number}")
        for number, tally in enumerate(found, 1)
    ]
    return class_page(course.title if course else "Class report", sections)


def _section(
    tally: Tally, assignment: Assignment | None, names: Sequence[str], mark: str
) -> Section:
    title = assignment.title if assignment else tally.assignment
    names = names if tally.assignment else ()
    absent = missing(names, tally)
    figures = [causes.incidents(tally)]
    if tally.graded:
        limits = assignment.limits if assignment else Limits()
        figures = [
            points.distribution(tally, f"{mark}-points"),
            points.lost(tally, f"{mark}-lost"),
            causes.misconceptions(tally, f"{mark}-mistakes"),
            points.difficulty(tally, f"{mark}-items"),
            causes.checks(tally, f"{mark}-checks"),
            causes.outcomes(tally, f"{mark}-outcomes"),
            *figures,
            causes.check_times(tally, f"{mark}-times", limits.check_seconds),
            causes.cell_times(tally, f"{mark}-cells", limits.cell_seconds),
        ]
    if names:
        figures.append(causes.not_handed_in(absent, len(names)))
    return Section(
        title or "Hand-ins of an unknown assignment", _facts(tally, names, absent), tuple(figures)
    )


def _facts(
    tally: Tally, names: Sequence[str], absent: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Return the numbers at the head of a section."""
    graded = tally.graded
    earned = [float(hand_in.points) for hand_in in graded]
    most = max((hand_in.max_points for hand_in in graded), default=0)
    facts = [("hand-ins", str(len(tally.hand_ins)))]
    if graded:
        facts.append(("median", f"{quartiles(earned)[1]:.3g} of {float(most):.3g}"))
        facts.append(("mean", f"{sum(earned) / len(earned):.3g}"))
    facts.append(("refused", str(len(tally.hand_ins) - len(graded))))
    facts.append(("waiting for a person", str(sum(hand_in.is_pending for hand_in in graded))))
    if tally.unmarked:
        facts.append(("answers not marked", str(tally.unmarked)))
    if names:
        facts.append(("not handed in", f"{len(absent)} of {len(names)}"))
    return tuple(facts)
