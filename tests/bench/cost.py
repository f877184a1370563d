"""Where the milliseconds of a hand-in go, beside what the student's own code takes.

    nox -s bench [-- N]

The same N hand-ins (20) as in `peers`, one at a time. The student's own compute is what a forked
process needs that runs the same cells and the same assertions, without walls, wire or grader.
"""

import contextlib
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from grader.grading import Plan, open_grading
from grader.model import Level
from grader.notebook.bundle import take_in
from grader.processes.executing import Execution
from grader.processes.judgement import Judgement
from grader.processes.launch import WorkerProcess
from grader.results import Results
from grader.settings import load_course
from tests.bench import trio
from tests.bench.kept import Rows, keep, table
from tests.bench.meter import machine

# What is timed, by the function it happens in; each without what happens in another of them.
STAGES: dict[str, tuple[type, str]] = {
    "a worker behind its walls": (Execution, "_start"),
    "waiting for it": (WorkerProcess, "__enter__"),
    "the cells": (Execution, "_run_all"),
    "the checks": (Judgement, "run"),
    "the end of the worker": (WorkerProcess, "end"),
    "page and executed notebook": (Results, "publish"),
    "the gradebook": (Results, "add"),
}


class Stopwatch:
    """Seconds by stage; what a stage calls that is a stage itself is not counted twice."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = dict.fromkeys(STAGES, 0.0)
        # Each thread has stages of its own: pages are written while the next worker starts.
        self._local = threading.local()

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, timed."""

        def call(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            inner: list[float] = self._local.__dict__.setdefault("inner", [])
            inner.append(0.0)
            try:
                return function(*args, **kwargs)
            finally:
                spent = time.perf_counter() - start
                self.seconds[stage] += spent - inner.pop()
                if inner:
                    inner[-1] += spent

        return call

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Time every stage meanwhile."""
        before = {stage: getattr(owner, name) for stage, (owner, name) in STAGES.items()}
        for stage, (owner, name) in STAGES.items():
            setattr(owner, name, self.timed(stage, before[stage]))
        try:
            yield
        finally:
            for stage, (owner, name) in STAGES.items():
                setattr(owner, name, before[stage])


def grade(count: int) -> tuple[float, dict[str, float]]:
    """Return the seconds of a hand-in in all and by stage, once everything is warm."""
    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as name:
        folder, course = Path(name), load_course(trio.COURSE)
        trio.write_own(folder / "hand-ins", count + 1)
        first, *others = take_in((folder / "hand-ins",))
        with Results(course, folder / "graded") as results:
            plan = Plan(course, results.book, (folder,), results.out, 1, Level.limits)
            with open_grading(plan) as grade_them:
                # The first one also loads the checks.
                for graded in grade_them(None, [first], lambda _: None):
                    results.add(graded)
                start = time.perf_counter()
                with watch.running():
                    for graded in grade_them(None, others, lambda _: None):
                        results.add(graded)
                        assert graded.grade.points == graded.grade.max_points, graded.grade
                whole = time.perf_counter() - start
    return whole / count, {stage: spent / count for stage, spent in watch.seconds.items()}


def own_compute(count: int) -> float:
    """Return the seconds of the cells and assertions of a hand-in, in a fork of a warm process."""
    import torch

    # A pool of threads does not survive a fork.
    torch.set_num_threads(1)
    run_plainly()
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        child = os.fork()
        if not child:
            run_plainly()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        seconds.append(time.perf_counter() - start)
    return statistics.mean(seconds)


def run_plainly() -> None:
    """Run the cells and their assertions."""
    names: dict[str, Any] = {}
    for name, source in trio.solution():
        exec(trio.plain(source), names)
        for test in trio.TESTS.get(name, ()):
            exec(test, names)


def main(count: int) -> None:
    """Print the table and keep it."""
    whole, stages = grade(count)
    own = own_compute(count)
    lines = {
        **stages,
        "all of it": whole,
        "the student's own compute": own,
        "overhead": whole - own,
    }
    rows: Rows = [
        {"where": name, "ms for each hand-in": f"{1000 * value:.1f}"}
        for name, value in lines.items()
    ]
    title = f"Where the time of a hand-in goes, mean of {count}"
    table(title, rows)
    keep("cost", title, rows, machine())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
