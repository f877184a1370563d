"""How long a class report and a comparison take, and how much memory: a table.

Run as `python -m tests.bench.report [HAND-INS...]`.
"""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.classreport.crowd import write_crowd as write_gradebook
from tests.similarity.crowd import write_crowd as write_notebooks
from tests.similarity.stage import ROOT

SIZES = (60, 250, 500)
MEASURE = (
    "import resource, sys; from grader.cli import main; code = 0\n"
    "try: main()\n"
    "except SystemExit as end: code = end.code or 0\n"
    "used = resource.getrusage(resource.RUSAGE_SELF)\n"
    "print('PEAK', used.ru_maxrss, 'CPU', used.ru_utime + used.ru_stime); sys.exit(code)"
)


def measured(*arguments: str) -> tuple[float, float, int]:
    """Return seconds of wall clock and of processor, and megabytes, of one command."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    seconds = time.perf_counter() - start
    found = re.search(r"PEAK (\d+) CPU ([\d.]+)", done.stdout)
    assert found is not None
    return seconds, float(found[2]), int(found[1]) // 1024


def main() -> None:
    """Print the table."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print("| command | hand-ins | s | s of processor | MB at most | MB of page |")
    print("|---|---|---|---|---|---|")
    for size in sizes:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            write_gradebook(folder / "gradebook.sqlite", size)
            tell("report", size, folder / "report.html", str(folder))
            write_notebooks(folder / "hand-ins", "05_flow", size, max(1, size // 50))
            page = folder / "similar.html"
            tell("similar", size, page, str(folder / "hand-ins"), "--out", str(page))


def tell(command: str, size: int, page: Path, *arguments: str) -> None:
    """Measure one command and print its row."""
    seconds, processor, memory = measured(command, *arguments)
    weight = page.stat().st_size / 1e6
    print(f"| `grader {command}` | {size} | {seconds:.1f} | {processor:.1f} | {memory} |"
          f" {weight:.1f} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
