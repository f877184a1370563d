"""What a command and everything below it takes: seconds, processor seconds, peak memory."""

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# Adding up the pages of a large process takes milliseconds of its own.
INTERVAL = 1.0


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of processors, bytes (proportional set size) at the peak."""

    wall: float
    cpu: float
    peak: int


def cost_of_command(words: Sequence[str], cwd: Path) -> Cost:
    """Return what a command takes; stops everything where it fails."""
    peak, start, before = 0, time.monotonic(), machine_seconds()
    with tempfile.TemporaryFile("w+") as said:
        with subprocess.Popen(words, cwd=cwd, stdout=said, stderr=subprocess.STDOUT) as process:
            while process.poll() is None:
                peak = max(peak, memory_below(os.getpid()))
                # Not a sleep: a command that ends within the interval would be charged all of it.
                with suppress(subprocess.TimeoutExpired):
                    process.wait(INTERVAL)
        cost = Cost(time.monotonic() - start, machine_seconds() - before, peak)
        if process.returncode:
            said.seek(0)
            raise SystemExit(" ".join(words) + " failed:\n" + said.read()[-5000:])
    return cost


def machine_seconds() -> float:
    """Return the processor seconds this machine has spent; forks of forks are ours and counted."""
    numbers = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:4]
    return sum(map(int, numbers)) / os.sysconf("SC_CLK_TCK")


def memory_below(root: int) -> int:
    """Return the bytes of all processes below one, each shared page counted once."""
    total, todo = 0, children(root)
    while todo:
        pid = todo.pop()
        todo += children(pid)
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) << 10
    return total


def children(pid: int) -> list[int]:
    """Return the children of all threads of a process."""
    found: list[int] = []
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
    return found


def machine() -> str:
    """Return what this machine is, in words."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    memory = Path("/proc/meminfo").read_text().split()[1]
    name = model[0] if model else os.uname().machine
    return f"{os.cpu_count()} × {name}, {int(memory) >> 20} GB"
