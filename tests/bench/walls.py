"""Time the same right functions behind each kind of walls, turn by turn; prints a table.

    nox -s bench [-- N]

Turn by turn, because a machine's speed changes from minute to minute: each of the N hand-ins (20)
is graded behind every level before the next one is taken up.
"""

import json
import os
import statistics
import sys
import time
from contextlib import ExitStack

from rich.console import Console
from rich.table import Table

from grader.model import HandIn, Level, Submission
from grader.pipeline import Run, grade_one
from grader.processes.launch import Processes
from grader.settings import load_course
from tests.bench.spine import ROOT, right_notebooks

ROUNDS = 2


def measure(count: int) -> dict[str, list[float]]:
    """Return the seconds of every grading, by the level that was obtained."""
    course = load_course(ROOT)
    hand_ins = [
        HandIn(json.dumps(document).encode()) for document in right_notebooks(count, figures=False)
    ]
    with ExitStack() as stack:
        runs: dict[str, Run] = {}
        for level in Level:
            processes = stack.enter_context(Processes([course.root], level))
            runs[processes.isolation.level] = Run(course, processes, "bench")
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        for turn in range(ROUNDS * count + 1):
            hand_in = hand_ins[turn % count]
            for name, run in runs.items():
                start = time.perf_counter()
                grade = grade_one(run, Submission("bench", "", lambda h=hand_in: h)).grade
                assert grade.points == grade.max_points, grade
                assert grade.isolation.startswith(name), grade.isolation
                # The first turn also loads the checks.
                if turn:
                    seconds[name].append(time.perf_counter() - start)
    return seconds


def main(count: int) -> None:
    """Print the table."""
    seconds = measure(count)
    table = Table(title=f"{ROUNDS * count} right hand-ins of 05_flow behind each level, by turns")
    for name in ("walls", "median s each", "mean s each", "median ms more", "mean ms more"):
        table.add_column(name, justify="left" if name == "walls" else "right")
    least = seconds[Level.limits]
    for name, times in seconds.items():
        paired = [a - b for a, b in zip(times, least, strict=True)]
        table.add_row(
            "none but limits" if name == Level.limits else name,
            f"{statistics.median(times):.3f}",
            f"{statistics.mean(times):.3f}",
            f"{1000 * statistics.median(paired):.1f}",
            f"{1000 * statistics.mean(paired):.1f}",
        )
    Console(width=100).print(table)
    Console().print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
