"""The file of one marker: every event in a line, to be sent to whoever merges."""

import os
from collections.abc import Iterable
from pathlib import Path

from grader.errors import UsageError
from grader.marking.events import Event, read_journal, to_line
from grader.store.marks import Marks

FOLDER = "marks"


class Journal:
    """Appends to `marks/NAME.jsonl`. The gradebook comes first; what is missing here is added."""

    def __init__(self, out: Path, marker: str, marks: Marks) -> None:
        self.path = out / FOLDER / f"{marker}.jsonl"
        own = [event for event in marks.events()[1] if event.marker == marker]
        try:
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
            self._mend()
            there = {event.id for event in read_journal(self.path, self.path.read_bytes())}
            self.append(event for event in own if event.id not in there)
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written to ({error.strerror}).") from error

    def append(self, events: Iterable[Event]) -> None:
        """Write events so that they are on the disk afterwards."""
        text = "".join(map(to_line, events))
        if text:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())

    def _mend(self) -> None:
        """Make the file, or cut off a line that broke off in the middle."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(file, "r+b") as opened:
            data = opened.read()
            opened.truncate(data.rfind(b"\n") + 1)
