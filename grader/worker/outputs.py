"""What a cell shows, collected as nbformat would keep it, and cut where it grows too long."""

import base64
import io
import os
from typing import Any

from grader.wire import messages

TEXT_LIMIT = 256 << 10
DATA_LIMIT = 8 << 20
CUT = "\n[output cut here: the cell printed more than the grader keeps]\n"


class Collected:
    """The outputs of the running cell, in order."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.items: list[messages.Output] = []
        self.pending: list[str] = []
        self.stream = ""
        self.text = self.data = 0
        self.cut = self.clear_next = False

    def write(self, stream: str, text: str) -> None:
        """Add printed text; runs of the same stream become one output."""
        if not text or self.cut:
            return
        self._clear_if_asked()
        if stream != self.stream:
            self.flush()
            self.stream = stream
        self.text += len(text)
        if self.text > TEXT_LIMIT:
            self.cut = True
            text = text[: max(0, TEXT_LIMIT - self.text)] + CUT
        self.pending.append(text)

    def show(self, data: dict[str, Any], is_result: bool = False) -> messages.Display | None:
        """Add a display and return it; it may be rewritten as long as the cell runs."""
        self._clear_if_asked()
        self.flush()
        shown = messages.Display(text_only(data), is_result)
        self.data += sum(map(len, shown.data.values()))
        if self.data > DATA_LIMIT:
            self.write("stderr", CUT)
            return None
        self.items.append(shown)
        return shown

    def fail(self, kind: str, text: str, traceback: list[str]) -> None:
        """Add the error that ended the cell."""
        self._clear_if_asked()
        self.flush()
        short = [line[:TEXT_LIMIT] for line in traceback[-40:]]
        self.items.append(messages.Error(kind[:200], text[:TEXT_LIMIT], short))

    def clear(self, wait: bool) -> None:
        """Drop what the cell has shown so far, now or when it shows something again."""
        if wait:
            self.clear_next = True
        else:
            self.items, self.pending = [], []

    def take(self) -> list[messages.Output]:
        """Return everything collected and start afresh."""
        self.flush()
        items = self.items
        self.reset()
        return items

    def flush(self) -> None:
        """Turn pending text into an output."""
        if self.pending:
            self.items.append(messages.Stream(self.stream, "".join(self.pending)))
            self.pending = []

    def _clear_if_asked(self) -> None:
        if self.clear_next:
            self.clear_next = False
            self.clear(wait=False)


def text_only(data: dict[str, Any]) -> dict[str, str]:
    """Return the entries of a display that are text or bytes; JSON of widgets is dropped."""
    texts = {str(kind): value for kind, value in data.items() if isinstance(value, str)}
    pictures = {
        str(kind): base64.b64encode(value).decode()
        for kind, value in data.items()
        if isinstance(value, bytes)
    }
    return texts | pictures


class Stream(io.TextIOBase):
    """Stands in for sys.stdout or sys.stderr while student code runs."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name: str, file: int, collected: Collected) -> None:
        self._name, self._file, self._collected = name, file, collected
        self._owner = os.getpid()
        self.buffer = _Bytes(self)

    def write(self, text: str, /) -> int:
        """Collect text; in a process the student started, pass it on through the descriptor."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if os.getpid() != self._owner:
            os.write(self._file, text.encode("utf-8", "replace"))
        else:
            self._collected.write(self._name, text)
        return len(text)

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return False, so that progress bars and colours stay away."""
        return False

    def fileno(self) -> int:
        """Return the descriptor that subprocesses write to."""
        return self._file


class _Bytes(io.RawIOBase):
    """The `buffer` of a `Stream`."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._stream.write(bytes(data).decode("utf-8", "replace"))
        return len(data)


class Capture:
    """Points descriptors 1 and 2 at memory, so that what subprocesses and C code print is kept."""

    def __init__(self) -> None:
        self._files = {
            name: self._redirect(name, fd) for name, fd in (("stdout", 1), ("stderr", 2))
        }

    def drain(self, collected: Collected) -> None:
        """Move what has arrived since the last call into `collected`."""
        for name, file in self._files.items():
            data = os.pread(file, TEXT_LIMIT, 0)
            if data:
                os.ftruncate(file, 0)
                os.lseek(file, 0, os.SEEK_SET)
                collected.write(name, data.decode("utf-8", "replace"))

    @staticmethod
    def _redirect(name: str, file: int) -> int:
        memory = os.memfd_create(name)
        os.dup2(memory, file)
        return memory
