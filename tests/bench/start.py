"""What one waits for before anything happens: each command's `--help`, by turns.

nox -s bench
"""

import statistics
import subprocess
import sys
import time

from grader.cli import COMMANDS
from tests.bench.kept import Rows, keep, table
from tests.bench.meter import machine

TURNS = 7


def seconds(*words: str) -> float:
    """Return what a command takes from its start to its end."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "grader", *words], check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Print the table and keep it."""
    asked = [(), *((name,) for name in COMMANDS)]
    times: dict[tuple[str, ...], list[float]] = {words: [] for words in asked}
    for _ in range(TURNS):
        for words in asked:
            times[words].append(seconds(*words, "--help"))
    rows: Rows = [
        {
            "command": " ".join(("grader", *words, "--help")),
            "median s": f"{statistics.median(found):.2f}",
            "longest s": f"{max(found):.2f}",
        }
        for words, found in times.items()
    ]
    title = f"Start of the command line, {TURNS} turns"
    table(title, rows)
    keep("start", title, rows, machine())


if __name__ == "__main__":
    main()
