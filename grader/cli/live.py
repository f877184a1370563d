"""The live table of a run on a terminal: done, running, time left, incidents."""

import threading
import time
from collections.abc import Callable

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from grader.reports.text import one_line

NAME_WIDTH = 40
MAX_RUNNING = 12
MAX_INCIDENTS = 4
BAR_WIDTH = 40


class LiveTable:
    """What is under way, told by several threads and drawn by another; `clock` gives seconds."""

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.total, self.clock = total, clock
        self.start: float | None = None
        self.done = self.known = 0
        self.incidents: list[tuple[str, str]] = []
        self.number_of_incidents = 0
        self._running: dict[str, float] = {}
        self._lock = threading.Lock()

    def begin(self, name: str) -> None:
        """Note that a submission is being graded."""
        with self._lock:
            self._running[name] = self.clock()
            # Not before: how long the processes take to start says nothing about a submission.
            self.start = self.start or self.clock()

    def finish(self, name: str, incident: str, number: int, *, known: bool) -> None:
        """Note that one is done; with `known` it cost no time, and says nothing about the others.

        `number` is how many incidents it had, `incident` tells of the first.
        """
        with self._lock:
            self._running.pop(name, None)
            self.done += 1
            self.known += known
            self.number_of_incidents += number
            if incident:
                self.incidents = [*self.incidents, (name, incident)][-MAX_INCIDENTS:]

    def left(self) -> float | None:
        """Return how many seconds the rest will take at this pace; None while nobody knows."""
        graded = self.done - self.known
        if not graded or self.start is None:
            return None
        return (self.clock() - self.start) / graded * (self.total - self.done)

    def __rich__(self) -> RenderableType:
        """Return the picture of this moment."""
        with self._lock:
            running, now = dict(self._running), self.clock()
            bar = Table.grid()
            # In a table of its own: alone it does not end its line.
            bar.add_row(ProgressBar(self.total, self.done, BAR_WIDTH))
            table = Table(box=None, pad_edge=False, show_header=False)
            table.add_column(no_wrap=True, max_width=NAME_WIDTH)
            table.add_column(justify="right", no_wrap=True)
            for name, since in list(running.items())[:MAX_RUNNING]:
                table.add_row(escape(one_line(name)), f"{now - since:.0f} s")
            lines = [warning(f"! {name}: {text}") for name, text in self.incidents]
            return Group(self._head(), bar, table, *lines)

    def _head(self) -> Text:
        left = self.left()
        words = [
            f"{self.done} of {self.total} done",
            f"{len(self._running)} running",
            "time left not known yet" if left is None else f"about {duration(left)} left",
            f"{self.number_of_incidents} incident{'' if self.number_of_incidents == 1 else 's'}",
        ]
        return Text(" · ".join(words), "bold")


def warning(text: str) -> Text:
    """Return one line that is cut where the terminal ends."""
    return Text(one_line(text), "yellow", no_wrap=True, overflow="ellipsis")


def duration(seconds: float) -> str:
    """Return a time to wait in the unit that fits it."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
