"""Limits the kernel holds a process to, whatever its code does."""

import contextlib
import os
import resource
from pathlib import Path

from grader.model import Limits


def apply_limits(limits: Limits, other_processes: int = 0) -> list[str]:
    """Limit this process and its children; returns the names of the limits that hold.

    Memory is counted from here on: what the warm process shares with its forks is free. There is
    no limit of addresses: torch reserves gigabytes, and CUDA tens of them, without using any.
    `other_processes` are those of the same user that are not the worker's.
    """
    wanted = {
        "core": (resource.RLIMIT_CORE, 0),
        "file size": (resource.RLIMIT_FSIZE, limits.file_bytes),
        "open files": (resource.RLIMIT_NOFILE, limits.open_files),
        "private memory": (resource.RLIMIT_DATA, _private_bytes() + limits.memory_bytes),
        "processor time": (resource.RLIMIT_CPU, int(limits.notebook_seconds) + 1),
        "processes": (resource.RLIMIT_NPROC, limits.processes + other_processes),
    }
    held = []
    for name, (kind, most) in wanted.items():
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))
            held.append(name)
    return held


def limit_memory(more: int) -> None:
    """Let this process take so many bytes more for itself, and then get a `MemoryError`."""
    most = _private_bytes() + more
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def processes_of(user: int) -> int:
    """Return how many threads of a user are alive; each counts against the limit of processes."""
    count = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                if Path("/proc", entry).stat().st_uid == user:
                    count += len(os.listdir(f"/proc/{entry}/task"))
    return count


def _private_bytes() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) << 10
    return 0


def close_all_but(keep: set[int]) -> None:
    """Close every descriptor of this process that is not in `keep`."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in keep:
            with contextlib.suppress(OSError):
                os.close(int(name))


def silence() -> None:
    """Point descriptors 0, 1 and 2 at nothing."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
