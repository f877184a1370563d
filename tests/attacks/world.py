"""A made-up machine around the grader: what an attack may want to read, change or reach."""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from grader.model import ExerciseGrade, Grade
from grader.store.gradebook import Gradebook
from tests.attacks.attack import CANARY, SAY

COURSE = Path(__file__).parents[1] / "course"
LIMITS = """
[limits]
cell_seconds = 1.5
check_seconds = 1.5
notebook_seconds = 40
memory_bytes = 400_000_000
processes = 24
open_files = 128
file_bytes = 16_000_000
scratch_bytes = 8_000_000
"""
SHARED = Path("/dev/shm")


class World:
    """Files, sockets and processes that attacks are after; tells what has become of them."""

    def __init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="attacked-"))
        self.base.chmod(0o755)
        self.shm = SHARED / self.base.name
        self._files()
        self._gradebook()
        self.secret = ctypes.create_string_buffer(f"{CANARY}-memory".encode())
        self._sockets()
        # As graders do: a descriptor that every child inherits.
        self.open = os.open(self.base / "outside/file", os.O_RDONLY)
        os.set_inheritable(self.open, True)
        self.signals: list[int] = []
        signal.signal(signal.SIGTERM, lambda number, _: self.signals.append(number))
        self.victim = self._start_victim()
        self.before = self._state()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.victim.kill()
        self.victim.wait()
        os.close(self.open)
        for wire in self.sockets.values():
            wire.close()
        self.shm.unlink(missing_ok=True)
        shutil.rmtree(self.base, ignore_errors=True)

    @property
    def names(self) -> dict[str, str]:
        """Return what the names in attack code stand for."""
        return {
            "BASE": str(self.base),
            "SOLUTION": str(self.base / "course/solutions/01_mini/solution.py"),
            "CHECKS": str(self.base / "course/solutions/01_mini/checks.py"),
            "HANDIN": str(self.base / "hand-ins/classmate/01_mini.ipynb"),
            "GRADEBOOK": str(self.base / "graded/gradebook.sqlite"),
            "OUTSIDE": str(self.base / "outside"),
            "SOCKET": str(self.base / "outside/socket"),
            "LOG": str(self.base / "outside/log"),
            "ABSTRACT": self.abstract,
            "TCP": str(self.sockets["tcp"].getsockname()[1]),
            "UDP": str(self.sockets["udp"].getsockname()[1]),
            "VICTIM": str(self.victim.pid),
            "GRADER": str(os.getpid()),
            "ADDRESS": str(ctypes.addressof(self.secret)),
            "SHM": str(self.shm),
            "SAY": SAY,
        }

    def damage(self) -> list[str]:
        """Return what has changed since the last look, and put it right."""
        found = [f"{name} was reached" for name, wire in self.sockets.items() if _touched(wire)]
        found += [f"the grader got signal {number}" for number in self.signals]
        self.signals.clear()
        if self.victim.poll() is not None:
            found.append("the victim was killed")
            self.victim = self._start_victim()
        now = self._state()
        found += [name for name, value in now.items() if value != self.before.get(name)]
        found += [f"{name} is gone" for name in self.before if name not in now]
        self.shm.unlink(missing_ok=True)
        (self.base / "outside" / "new").unlink(missing_ok=True)
        (self.base / "outside").chmod(0o777)
        self.before = self._state()
        return found

    def strays(self) -> list[str]:
        """Return processes of workers that are still alive a moment after all is over."""
        end = time.monotonic() + 3
        while (left := _marked()) and time.monotonic() < end:
            time.sleep(0.05)
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        return [f"process {pid} was left behind" for pid in left]

    def _start_victim(self) -> subprocess.Popen[bytes]:
        # The environment of a process as it was started stays readable for its user.
        environment = dict(os.environ, GRADER_SECRET=f"{CANARY}-environment")
        return subprocess.Popen(["sleep", "900"], env=environment, stdin=self.open)

    def _files(self) -> None:
        course = self.base / "course"
        shutil.copytree(COURSE, course, ignore=shutil.ignore_patterns("__pycache__", ".grader"))
        for name in ("solution.py", "checks.py"):
            file = course / "solutions/01_mini" / name
            file.write_text(f"{file.read_text()}\n# {CANARY}-{name}\n")
        settings = course / "assignments/01_mini/assignment.toml"
        head, _, tail = settings.read_text().partition("[limits]")
        settings.write_text(head + LIMITS + tail[tail.index("[[") :])
        (self.base / "hand-ins/classmate").mkdir(parents=True)
        notebook = {"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": []}
        text = json.dumps(notebook | {"work": f"{CANARY}-classmate"})
        (self.base / "hand-ins/classmate/01_mini.ipynb").write_text(text)
        (self.base / "outside").mkdir()
        (self.base / "outside").chmod(0o777)
        (self.base / "outside/file").write_text(f"{CANARY}-outside")

    def _gradebook(self) -> None:
        (self.base / "graded").mkdir()
        exercise = ExerciseGrade("double", f"{CANARY}-grades", 1, 1, ())
        with Gradebook(self.base / "graded/gradebook.sqlite") as book:
            book.record(Grade("classmate", "01_mini", exercises=(exercise,)))

    def _sockets(self) -> None:
        self.abstract = self.base.name
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        path, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        path.bind(str(self.base / "outside/socket"))
        (self.base / "outside/socket").chmod(0o777)
        abstract.bind(f"\0{self.abstract}")
        self.sockets = {"tcp": tcp, "udp": udp, "path": path, "abstract": abstract}
        for wire in self.sockets.values():
            wire.setblocking(False)
            if wire is not udp:
                wire.listen()
        log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        log.bind(str(self.base / "outside/log"))
        (self.base / "outside/log").chmod(0o777)
        self.sockets["log"] = log

    def _state(self) -> dict[str, object]:
        """Return everything an attack could change, by the words that tell of it."""
        state: dict[str, object] = {}
        for path in sorted(self.base.rglob("*")):
            # The second is where the naive grader works.
            if {"__pycache__", "naive"}.intersection(path.parts):
                continue
            info = path.lstat()
            content = path.read_bytes() if stat.S_ISREG(info.st_mode) else b""
            state[f"{path.name} was changed"] = (info.st_mode, content)
        file = self.base / "outside/file"
        state["the times of a file were changed"] = file.stat().st_mtime_ns
        state["the attributes of a file were changed"] = os.listxattr(file)
        pid = self.victim.pid
        state["the victim's priority was changed"] = os.getpriority(os.PRIO_PROCESS, pid)
        state["the victim's processors were changed"] = os.sched_getaffinity(pid)
        limits = Path(f"/proc/{pid}/limits").read_text()
        state["the victim's limits were changed"] = limits
        state["shared memory was written"] = self.shm.exists()
        return state


def _touched(wire: socket.socket) -> bool:
    try:
        if wire.type == socket.SOCK_DGRAM:
            wire.recv(1000)
        else:
            wire.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _marked() -> list[int]:
    """Return processes that carry the mark an attack gives what it leaves behind."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                if Path(f"/proc/{entry}/comm").read_text().strip() == "stray":
                    found.append(int(entry))
    return found
