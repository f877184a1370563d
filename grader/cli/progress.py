"""What one sees while grading: a live table on a terminal, a line per submission in a pipe."""

import time
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from grader.cli.live import NAME_WIDTH, LiveTable
from grader.model import Grade, Submission
from grader.reports.text import one_line
from grader.scoring import decimal

LOOK_LENGTH = 70


class Progress:
    """Counts submissions and closes with a table."""

    def __init__(self, total: int, *, to_stderr: bool = False) -> None:
        self.console = Console(stderr=to_stderr, highlight=False)
        self.grades: list[Grade] = []
        self.known = 0
        self._start = time.monotonic()
        self._total = total
        self._table = LiveTable(total)
        self._live = Live(self._table, console=self.console, transient=True)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def begun(self, submission: Submission) -> None:
        """Show that a submission is under way; called by the thread that grades it."""
        self._table.begin(submission.name)

    def done(self, grade: Grade, *, known: bool = False) -> None:
        """Count one more; `known` is one that had been graded before and has not changed."""
        self.grades.append(grade)
        self.known += known
        number = len(grade.incidents)
        self._table.finish(grade.submission, to_look_at(grade), number, known=known)
        if not (self.console.is_terminal or known):
            count = f"[{len(self.grades)}/{self._total}]"
            line = f"{count} {grade.submission}: {verdict(grade)} ({grade.seconds:.1f} s)"
            self.console.print(one_line(line), markup=False, soft_wrap=True)

    def stopped(self, out: Path) -> str:
        """Return the sentence for somebody who has stopped the run."""
        return (
            f"Stopped. {len(self.grades)} of {self._total} are graded and kept in {out}; the same "
            "command goes on from there."
        )

    def summary(self, out: Path) -> None:
        """Print the closing table and where everything lies."""
        self._live.stop()
        table = Table(box=None, pad_edge=False, header_style="bold")
        # Never wrapped: the rest of a name could look like the line of another submission.
        table.add_column("submission", no_wrap=True, max_width=NAME_WIDTH)
        for name in ("points", "by hand", "to look at"):
            table.add_column(name, justify="right" if name in {"points", "by hand"} else "left")
        for grade in sorted(self.grades, key=lambda grade: grade.submission):
            table.add_row(*map(escape, row(grade)))
        self.console.print(table)
        if self.known:
            self.console.print(f"{self.known} were graded before and have not changed.")
        seconds = time.monotonic() - self._start
        self.console.print(
            f"{counted(self.grades)} in {seconds:.1f} s. Pages and gradebook: {out.resolve()}",
            markup=False,
            soft_wrap=True,
        )


def counted(grades: list[Grade]) -> str:
    """Return how many could be graded, and how many not."""
    refused = sum(bool(grade.refused) for grade in grades)
    could_not = f", {refused} could not be graded," if refused else ""
    return f"{len(grades) - refused} graded{could_not}"


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
