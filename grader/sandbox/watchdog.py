"""What no limit of a single process sees: memory, processes and disk of a whole worker.

Lives in the worker's minder, outside the walls, and looks some twenty times a second.
"""

import contextlib
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

from grader.model import Limits
from grader.sandbox.mounts import MAX_FILES
from grader.sandbox.tree import descendants

INTERVAL = 0.05
# The kernel's own limits come first; this far above them something has got around them.
SLACK = 1.1
MAX_STOPPED = 8
CHEAP = ("RssAnon", "RssShmem")
EXACT = ("Pss_Anon", "Pss_Shmem")


@dataclass
class Watchdog:
    """Ends processes of a worker that together take more than they may.

    `scratch` is the folder whose size it watches, None where the scratch is limited by its size.
    """

    worker: int
    limits: Limits
    scratch: str | None
    base: int = field(default_factory=lambda: memory_of("self", "status", CHEAP))
    stopped: list[str] = field(default_factory=list)

    def look(self) -> bool:
        """Act on what is too much; tells whether the worker as a whole has to end."""
        family = descendants()
        if len(family) > self.limits.processes * 2:
            return self._end(f"it ran {len(family)} processes at once")
        if self.scratch is not None and (much := self._disk()):
            return self._end(much)
        used = self._used(family)
        if sum(used.values()) <= self.limits.memory_bytes * SLACK:
            return False
        used = {pid: self._exact(pid, used[pid]) for pid in used}
        if sum(used.values()) <= self.limits.memory_bytes * SLACK:
            return False
        return self._relieve(used)

    def _relieve(self, used: dict[int, int]) -> bool:
        """End the largest process: a fork under a check dies alone, and only that check with it."""
        largest = max(used, key=lambda pid: used[pid])
        total = f"its processes used {sum(used.values()) >> 20} MB together"
        allowed = f"{self.limits.memory_bytes >> 20} MB are allowed"
        if largest == self.worker or len(self.stopped) >= MAX_STOPPED:
            return self._end(f"{total}; {allowed}")
        with contextlib.suppress(OSError):
            os.kill(largest, signal.SIGKILL)
        self.stopped.append(f"A process of the notebook was ended: {total}; {allowed}.")
        return False

    def _end(self, why: str) -> bool:
        self.stopped.append(f"The notebook was stopped: {why}.")
        return True

    def _used(self, family: set[int]) -> dict[int, int]:
        """Return what each process takes beyond the warm process; shared pages count each time."""
        return {pid: max(0, memory_of(pid, "status", CHEAP) - self.base) for pid in family}

    def _exact(self, pid: int, otherwise: int) -> int:
        """Return a process's share where pages are shared; slow, so asked only when it matters.

        A process that hides its numbers is taken at its full size.
        """
        share = memory_of(pid, "smaps_rollup", EXACT)
        return min(share, otherwise) if share else otherwise

    def _disk(self) -> str:
        size = count = 0
        for folder, _, files in os.walk(str(self.scratch)):
            count += len(files) + 1
            for name in files:
                with contextlib.suppress(OSError):
                    size += os.lstat(os.path.join(folder, name)).st_blocks * 512
            if count > MAX_FILES:
                return f"it made more than {MAX_FILES} files"
        if size > self.limits.scratch_bytes * SLACK + self.limits.file_bytes:
            return f"its files took {size >> 20} MB"
        return ""


def memory_of(pid: int | str, file: str, names: tuple[str, ...]) -> int:
    """Return the sum of some lines of a process's memory statistics, in bytes; 0 if it is gone."""
    total = 0
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            name, _, value = line.partition(":")
            if name in names:
                total += int(value.split()[0]) << 10
    return total
