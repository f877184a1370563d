"""Limits the kernel holds a process to, whatever its code does."""

import contextlib
import os
import resource
from pathlib import Path

from grader.model import Limits


def apply_limits(limits: Limits, *, alone: bool) -> None:
    """Limit this process and its children, as far as the system knows the limits.

    Memory is counted from here on: what the warm process shares with its forks is free. There is
    no limit of addresses: torch reserves gigabytes, and CUDA tens of them, without using any.
    `alone` says that no other process has the same user: the kernel counts processes by user, and
    a neighbour's must not be held against this one.
    """
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_DATA: _private_bytes() + limits.memory_bytes,
        resource.RLIMIT_CPU: int(limits.notebook_seconds) + 1,
        **({resource.RLIMIT_NPROC: limits.processes} if alone else {}),
    }
    for kind, most in wanted.items():
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))


def limit_memory(more: int) -> None:
    """Let this process take so many bytes more for itself, and then get a `MemoryError`."""
    most = _private_bytes() + more
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


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
