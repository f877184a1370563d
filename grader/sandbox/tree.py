"""The processes below this one, and the end of them."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path


def descendants() -> set[int]:
    """Return the process ids of everything started below this process, strays included.

    A stray whose parent has died is found because the minder is a subreaper: it becomes ours.
    """
    children = _children_of if Path(f"/proc/self/task/{os.getpid()}/children").exists() else _scan()
    found: set[int] = set()
    todo = [os.getpid()]
    while todo:
        for child in children(todo.pop()):
            found.add(child)
            todo.append(child)
    return found


def _children_of(pid: int) -> list[int]:
    """Ask the kernel for the children of every thread of a process."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
    return found


def _scan() -> Callable[[int], list[int]]:
    """Find all children by looking at every process, where the kernel keeps no list of them."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                # The command name is in brackets and may itself contain brackets and blanks.
                stat = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(stat[1]), []).append(int(entry))
    return lambda pid: children.get(pid, [])


def kill_descendants(seconds: float = 5.0) -> bool:
    """Kill everything below this process and reap it; tells whether nothing is left."""
    end = time.monotonic() + seconds
    while True:
        left = descendants()
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        reap()
        if not left:
            return True
        if time.monotonic() > end:
            return False
        time.sleep(0.002)


def reap() -> None:
    """Collect every child that has ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
