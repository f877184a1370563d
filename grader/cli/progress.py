"""What one sees while grading: a bar on a terminal, a line per submission in a pipe."""

import time
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table

from grader.model import Grade
from grader.reports.text import one_line
from grader.scoring import decimal

LOOK_LENGTH = 70
NAME_WIDTH = 40


class Progress:
    """Counts submissions and closes with a table."""

    def __init__(self, total: int, *, to_stderr: bool = False) -> None:
        self.console = Console(stderr=to_stderr, highlight=False)
        self.grades: list[Grade] = []
        self._start = time.monotonic()
        self._total = total
        self._bar = Bar(
            TextColumn("grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[last]}"),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._bar.start()
        self._task = self._bar.add_task("", total=self._total, last="starting …")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def done(self, grade: Grade) -> None:
        """Count one more."""
        self.grades.append(grade)
        self._bar.update(self._task, advance=1, last=escape(grade.submission))
        if not self.console.is_terminal:
            count = f"[{len(self.grades)}/{self._total}]"
            line = f"{count} {grade.submission}: {verdict(grade)} ({grade.seconds:.1f} s)"
            self.console.print(one_line(line), markup=False, soft_wrap=True)

    def before(self, grades: list[Grade]) -> None:
        """Count what an earlier run has done already."""
        self.grades += grades
        self._bar.update(self._task, advance=len(grades))
        if grades:
            self.console.print(f"{len(grades)} were graded before.", markup=False)

    def summary(self, out: Path) -> None:
        """Print the closing table and where everything lies."""
        self._bar.stop()
        table = Table(box=None, pad_edge=False, header_style="bold")
        # Never wrapped: the rest of a name could look like the line of another submission.
        table.add_column("submission", no_wrap=True, max_width=NAME_WIDTH)
        for name in ("points", "by hand", "to look at"):
            table.add_column(name, justify="right" if name in {"points", "by hand"} else "left")
        for grade in sorted(self.grades, key=lambda grade: grade.submission):
            table.add_row(*map(escape, row(grade)))
        self.console.print(table)
        seconds = time.monotonic() - self._start
        self.console.print(
            f"{len(self.grades)} graded in {seconds:.1f} s. Pages and gradebook: {out.resolve()}",
            markup=False,
            soft_wrap=True,
        )


def row(grade: Grade) -> tuple[str, str, str, str]:
    """Return the cells of one line of the closing table."""
    waiting = sum(question.status == "answered" for question in grade.questions)
    points = "" if grade.refused else f"{decimal(grade.points):g}/{decimal(grade.max_points):g}"
    return grade.submission, points, str(waiting or ""), to_look_at(grade)


def to_look_at(grade: Grade) -> str:
    """Return what a person should look into, in a few words; the whole stands in incidents.txt."""
    if grade.refused or not grade.incidents:
        return shortened(grade.refused)
    first = grade.incidents[0]
    more = f" (and {len(grade.incidents) - 1} more)" if len(grade.incidents) > 1 else ""
    return shortened(f"{first.where}: {first.text}") + more


def shortened(text: str) -> str:
    """Return the beginning of a text, on one line."""
    line = one_line(text)
    return line if len(line) <= LOOK_LENGTH else line[: LOOK_LENGTH - 1] + "…"


def verdict(grade: Grade) -> str:
    """Return the result of one submission in a few words."""
    if grade.refused:
        return f"not graded. {grade.refused}"
    return f"{decimal(grade.points):g} of {decimal(grade.max_points):g} points"
