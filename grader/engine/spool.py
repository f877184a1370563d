"""Jobs and results as files that only their owner can read, and a task that works them off."""

import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path

# So many machines may die over a job before it is given up on.
MAX_TRIES = 3


class Spool:
    """A folder on a shared file system: numbered jobs go in, results come out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        """Make the folder, for nobody else to look into: hand-ins lie in it."""
        self.folder.mkdir(parents=True, mode=0o700)

    def put(self, number: int, job: bytes) -> None:
        """Write a job."""
        self._write(self._file(number, "job"), job)

    def job(self, number: int) -> bytes:
        """Return a job."""
        return self._file(number, "job").read_bytes()

    def answer(self, number: int, result: bytes) -> None:
        """Write the result of a job; it is there as a whole or not at all."""
        self._write(self._file(number, "result"), result)

    def results(self) -> set[int]:
        """Return the numbers of the jobs that have results."""
        # Listed, not asked for one by one: a network file system remembers what was not there.
        return {
            int(name.split(".")[0]) for name in os.listdir(self.folder) if name.endswith(".result")
        }

    def take(self, number: int) -> bytes:
        """Return a result, and drop all that belongs to its job."""
        result = self._file(number, "result").read_bytes()
        for kind in ("job", "result", "tries"):
            self._file(number, kind).unlink(missing_ok=True)
        return result

    def tries(self, number: int) -> int:
        """Return how often a machine has begun with a job."""
        file = self._file(number, "tries")
        return file.stat().st_size if file.exists() else 0

    def begin(self, number: int) -> None:
        """Note that a machine begins with a job, so that it is known which one it died over."""
        with self._file(number, "tries").open("ab") as file:
            file.write(b".")
            file.flush()
            os.fsync(file.fileno())

    def _file(self, number: int, kind: str) -> Path:
        return self.folder / f"{number}.{kind}"

    def _write(self, file: Path, data: bytes) -> None:
        part = file.with_suffix(".part")
        part.write_bytes(data)
        part.replace(file)


def run_batch(function: Callable[[bytes], bytes], folder: str, numbers: Iterable[int]) -> None:
    """Work off some jobs, one after the other; what is done already is left out.

    A scheduler may start the same task again, after a node has died: the job it died over comes up
    once more, up to `MAX_TRIES` times, and the others are not graded twice.
    """
    # submitit lets it pass. But a scheduler that cancels a task ends what grades in it first: what
    # this process would then find is no result.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    spool = Spool(Path(folder))
    for number in numbers:
        if number in spool.results() or spool.tries(number) >= MAX_TRIES:
            continue
        spool.begin(number)
        spool.answer(number, function(spool.job(number)))
