"""What the checks of the course cost: each assignment as a whole, and its dearest checks.

    nox -s bench

A right hand-in of every assignment, graded alone; seconds as the judge has measured them.
"""

import json
from pathlib import Path

from grader.model import Grade, HandIn, Submission
from grader.pipeline import Run, grade_one
from grader.processes.launch import Processes
from grader.settings import load_course
from tests.bench.kept import Rows, keep, table
from tests.bench.meter import machine
from tests.damage.fuzz import right_notebook

ROOT = Path(__file__).parents[2]
DEAREST = 12


def right_grades() -> list[Grade]:
    """Return the grade of a right hand-in of every assignment, the second of two."""
    course = load_course(ROOT)
    grades = []
    with Processes([ROOT]) as processes:
        run = Run(course, processes, "bench")
        for assignment in course.assignments:
            data = json.dumps(right_notebook(assignment, whole=True)).encode()
            for _ in range(2):
                grade = grade_one(run, Submission("bench", "", lambda d=data: HandIn(d))).grade
            assert not grade.refused, grade.refused
            grades.append(grade)
    return grades


def main() -> None:
    """Print both tables and keep them."""
    grades = right_grades()
    rows: Rows = []
    every = []
    for grade in grades:
        checks = [check for exercise in grade.exercises for check in exercise.checks]
        every += [(check.seconds, grade.assignment, check) for check in checks]
        cells = sum(cell.seconds for cell in grade.cells)
        spent = sum(check.seconds for check in checks)
        rows.append(
            {
                "assignment": grade.assignment,
                "checks": str(len(checks)),
                "its cells, s": f"{cells:.2f}",
                "its checks, s": f"{spent:.2f}",
                "the rest, s": f"{grade.seconds - cells - spent:.2f}",
                "a check, ms": f"{1000 * spent / len(checks):.1f}",
            }
        )
    table("A right hand-in of each assignment", rows)
    keep("assignments", "A right hand-in of each assignment", rows, machine())
    dear = sorted(every, key=lambda item: -item[0])[:DEAREST]
    listed: Rows = [
        {"check": f"{where}: {c.exercise}/{c.name}", "s": f"{s:.2f}"} for s, where, c in dear
    ]
    title = f"The {DEAREST} dearest of {len(every)} checks"
    table(title, listed)
    keep("checks", title, listed, machine())


if __name__ == "__main__":
    main()
