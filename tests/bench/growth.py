"""Time and memory of classes from 10 to 2,000 hand-ins; both must stay flat for each of them.

    nox -s bench

`grader grade --jobs 2` as a user gives it: walls, gradebook, pages. Memory is that of all its
processes together at the peak, each shared page counted once.
"""

import sys
import tempfile
from pathlib import Path

from tests.bench.kept import Rows, keep, table
from tests.bench.meter import cost_of_command, machine
from tests.bench.peers import own_command, own_scores, prepare_own

SIZES = (10, 30, 100, 300, 1000, 2000)


def main(sizes: tuple[int, ...]) -> None:
    """Print the table and keep it."""
    rows: Rows = []
    for count in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            prepare_own(folder, count)
            cost = cost_of_command(own_command(2), folder)
            assert own_scores(folder) == [9.0] * count
            again = cost_of_command(own_command(2), folder)
        rows.append(
            {
                "hand-ins": str(count),
                "seconds": f"{cost.wall:.1f}",
                "ms each": f"{1000 * cost.wall / count:.0f}",
                "peak, MB": str(cost.peak >> 20),
                "the same command again, s": f"{again.wall:.1f}",
            }
        )
        print(rows[-1], flush=True)
    title = "Classes of growing size, two at a time"
    table(title, rows)
    keep("growth", title, rows, machine())


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
