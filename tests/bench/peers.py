"""Time nbgrader, otter-grader and this grader on the same hand-ins, in one run.

    nox -s bench [-- N]

N right hand-ins (20) of three functions, nine assertions each, graded by the command that each
tool's documentation names, and everything it writes. Each mode is run on two hand-ins, on N and on
more: the difference is what each further one takes, without what a tool needs to start.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat

from grader.store.gradebook import Gradebook
from tests.bench import trio
from tests.bench.kept import Rows, keep, table
from tests.bench.meter import Cost, cost_of_command, machine

POINTS = 9
# One for each of two processes.
FEW = 2
# This grader's start varies by more than twenty hand-ins take: what a further one takes shows
# only over ten times as many.
OWN_TIMES = 10
PYTHON = sys.executable


@dataclass(frozen=True)
class Mode:
    """A way to grade: `prepare` a folder with so many hand-ins, `command`, `score` of all.

    What each further one takes is measured over `times` as many.
    """

    name: str
    prepare: Callable[..., None]
    command: tuple[str, ...]
    scores: Callable[[Path], list[float]]
    times: int = 1
    figure: bool = False

    def measure(self, count: int) -> Cost:
        """Return what grading so many takes; stops if somebody lost a point."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            self.prepare(folder, count, figure=self.figure)
            cost = cost_of_command(self.command, folder)
            scores = self.scores(folder)
        if scores != [POINTS] * count:
            raise SystemExit(f"{self.name} gave {scores}, not {POINTS} points to each of {count}")
        return cost


def prepare_own(folder: Path, count: int, *, figure: bool = False) -> None:
    """Lay out a course and hand-ins for this grader."""
    shutil.copytree(trio.COURSE, folder / "course")
    trio.write_own(folder / "hand-ins", count, figure=figure)


def own_scores(folder: Path) -> list[float]:
    """Return what this grader gave."""
    with Gradebook(folder / "graded" / "gradebook.sqlite") as book:
        return [float(grade.points) for grade in book.grades()]


def own_command(jobs: int) -> tuple[str, ...]:
    """Return the command that grades, behind all walls that this machine gives."""
    words = "-m grader grade hand-ins --course course --out graded --jobs"
    return (PYTHON, *words.split(), str(jobs))


def prepare_nbgrader(folder: Path, count: int, *, figure: bool) -> None:
    """Lay out a course of nbgrader's with hand-ins."""
    (folder / "source" / "trio").mkdir(parents=True)
    nbformat.write(trio.nbgrader_source(figure=figure), folder / "source" / "trio" / "trio.ipynb")
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.root = '.'\n")
    cost_of_command((PYTHON, "-m", "nbgrader", "generate_assignment", "trio", "--create"), folder)
    release = nbformat.read(folder / "release" / "trio" / "trio.ipynb", 4)
    for number in range(count):
        place = folder / "submitted" / f"s{number:04}" / "trio"
        place.mkdir(parents=True)
        nbformat.write(trio.nbgrader_hand_in(release, number), place / "trio.ipynb")


def nbgrader_scores(folder: Path) -> list[float]:
    """Return what nbgrader gave."""
    from nbgrader.api import Gradebook as Book

    with Book(f"sqlite:///{folder / 'gradebook.db'}") as book:
        return [float(submission.score) for submission in book.assignment_submissions("trio")]


def prepare_otter(folder: Path, count: int, *, figure: bool) -> None:
    """Lay out otter-grader's zip of tests and hand-ins."""
    nbformat.write(trio.otter_source(figure=figure), folder / "trio.ipynb")
    cost_of_command((PYTHON, "-m", "otter", "assign", "trio.ipynb", "dist"), folder)
    [tests] = (folder / "dist" / "autograder").glob("*.zip")
    tests.rename(folder / "autograder.zip")
    release = nbformat.read(folder / "dist" / "student" / "trio.ipynb", 4)
    (folder / "hand-ins").mkdir()
    for number in range(count):
        nbformat.write(trio.otter_hand_in(release, number), folder / "hand-ins" / f"{number}.ipynb")


def otter_scores(folder: Path) -> list[float]:
    """Return what otter-grader gave; our driver has written it down."""
    return [float(line) for line in (folder / "scores.txt").read_text().split()]


def modes() -> Iterator[Mode]:
    """Yield every way to grade, this grader first."""
    for jobs, words in ((1, "one at a time"), (2, "two at a time")):
        yield Mode(f"this grader, {words}", prepare_own, own_command(jobs), own_scores, OWN_TIMES)
    grade = f"{PYTHON} -m nbgrader autograde trio"
    even, odd = (f'{grade} --student "s*[{last}]"' for last in ("02468", "13579"))
    halves = f"{even} & {odd}; a=$?; wait $! && exit $a"
    for words, command in (("one command", grade), ("two commands at a time", halves)):
        shell = ("bash", "-c", command)
        yield Mode(f"nbgrader 0.9.6, {words}", prepare_nbgrader, shell, nbgrader_scores)
    for jobs, words in ((1, "one process"), (2, "a pool of two")):
        otter = (PYTHON, "-m", "tests.bench.otter_batch", str(jobs))
        yield Mode(f"otter-grader 7.0.0 API, {words}", prepare_otter, otter, otter_scores)


def with_figure(modes: Iterable[Mode]) -> Iterator[Mode]:
    """Yield those that take one at a time, on notebooks whose last cell draws a figure."""
    for mode in modes:
        if "two" not in mode.name:
            yield replace(mode, name=mode.name.split(",")[0] + ", with a figure", figure=True)


def main(count: int) -> None:
    """Measure every mode, print the table and keep it."""
    # Both look for their own helpers by name.
    root = Path(__file__).parents[2]
    os.environ["PATH"] = f"{Path(PYTHON).parent}{os.pathsep}{os.environ['PATH']}"
    os.environ["PYTHONPATH"] = str(root)
    rows: Rows = []
    # What each further one takes here, by what is compared with what.
    own: dict[tuple[bool, bool], float] = {}
    for mode in (*modes(), *with_figure(modes())):
        few, some = mode.measure(FEW), mode.measure(count)
        many = mode.measure(mode.times * count) if mode.times > 1 else some
        further = mode.times * count - FEW
        each = (many.wall - few.wall) / further
        kind = (mode.figure, "two" in mode.name)
        rows.append(
            {
                "grader": mode.name,
                f"{FEW} hand-ins, s": f"{few.wall:.1f}",
                f"{count} hand-ins, s": f"{some.wall:.1f}",
                "each further, s": f"{each:.3f}",
                "processor s each": f"{(many.cpu - few.cpu) / further:.2f}",
                "peak, MB": f"{some.peak >> 20}",
                "this grader is faster": f"{each / own.setdefault(kind, each):.1f} times",
            }
        )
        print(rows[-1], flush=True)
    title = f"{count} right hand-ins of three functions, nine assertions each"
    table(title, rows)
    keep("peers", title, rows, machine())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
