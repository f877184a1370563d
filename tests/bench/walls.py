"""Time the same right hand-ins behind each kind of walls, turn by turn; prints a table.

    nox -s bench [-- N]

Turn by turn, because a machine's speed changes from minute to minute: each of the N hand-ins (20)
is graded behind every level before the next one is taken up.
"""

import statistics
import sys
import time
from contextlib import ExitStack

from grader.model import HandIn, Level, Submission
from grader.pipeline import Run, grade_one
from grader.processes.launch import Processes
from grader.settings import load_course
from tests.bench import trio
from tests.bench.kept import Rows, keep, table
from tests.bench.meter import machine

ROUNDS = 2


def measure(count: int) -> dict[str, list[float]]:
    """Return the seconds of every grading, by the level that was obtained."""
    course = load_course(trio.COURSE)
    hand_ins = [HandIn(trio.own(number)) for number in range(count)]
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
    """Print the table and keep it."""
    seconds = measure(count)
    least = seconds[Level.limits]
    rows: Rows = []
    for name, times in seconds.items():
        paired = [a - b for a, b in zip(times, least, strict=True)]
        rows.append(
            {
                "walls": "none but limits" if name == Level.limits else name,
                "median ms each": f"{1000 * statistics.median(times):.1f}",
                "mean ms each": f"{1000 * statistics.mean(times):.1f}",
                "median ms more": f"{1000 * statistics.median(paired):.1f}",
                "mean ms more": f"{1000 * statistics.mean(paired):.1f}",
            }
        )
    title = f"{ROUNDS * count} right hand-ins of three functions behind each level, by turns"
    table(title, rows)
    keep("walls", title, rows, machine())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
