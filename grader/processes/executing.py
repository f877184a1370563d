"""Run a notebook in a worker; a cell that kills it is left out and the rest run again."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from grader.errors import PeerGone, PeerTimeout, WireError
from grader.model import CellRun, HandIn, Incident, Limits
from grader.processes.launch import LOST, Processes, WorkerProcess, scratch_folder
from grader.reports.text import one_line
from grader.wire import messages
from grader.wire.channel import checker_channel

# A cell that ignores its own alarm is killed from outside this much later.
GRACE_SECONDS = 2.0
MAX_RESTARTS = 5
PING_SECONDS = 5.0
SETTLE_SECONDS = 0.05
# The driver keeps tables and code of its own in the memory of a process that uses a card.
DRIVER_BYTES = 2 << 30


class Execution:
    """The cells of one notebook, what became of each, and a worker that holds their names."""

    def __init__(
        self,
        processes: Processes,
        cells: list[str],
        hand_in: HandIn,
        data: list[Path],
        seed: int,
        *,
        gpu: bool = False,
    ) -> None:
        self.gpu = gpu
        self.processes, self.cells, self.hand_in, self.data = processes, cells, hand_in, data
        self.seed = seed
        self.runs: dict[int, CellRun] = {}
        self.incidents: dict[int, Incident] = {}
        self.notes: dict[str, None] = {}
        self.walls: list[str] = []
        self.fatal: dict[int, str] = {}
        # Wait after each cell, to find the one that kills the worker after it has answered.
        self.careful = False
        # A worker may have been ended by the kernel or a person: no reason to believe it for ever.
        self.is_doubtful = False

    @property
    def first_error(self) -> str:
        """Return what the first cell that failed has failed with, on one line, or nothing."""
        for run in sorted(self.runs.values(), key=lambda run: run.index):
            if not run.ok:
                errors = [o for o in run.outputs if o.get("output_type") == "error"]
                said = [f"{error['ename']}: {error['evalue']}" for error in errors]
                return one_line([run.note, *said][-1])
        return ""

    @contextmanager
    def worker(self, limits: Limits) -> Iterator[WorkerProcess]:
        """Yield a worker in which every cell has run that can; cells that kill it are skipped."""
        while True:
            with scratch_folder() as scratch:
                self._fill(scratch)
                with self._noting(self._start(scratch, limits)) as worker:
                    self.walls = worker.walls
                    if self._run_all(worker, limits):
                        yield worker
                        return

    def _start(self, scratch: Path, limits: Limits) -> WorkerProcess:
        if self.gpu:
            limits = replace(limits, memory_bytes=limits.memory_bytes + DRIVER_BYTES)
        return self.processes.worker(scratch, self.seed, limits, gpu=self.gpu)

    @contextmanager
    def _noting(self, worker: WorkerProcess) -> Iterator[WorkerProcess]:
        """Yield a worker; once it is over, keep what its minder has to say."""
        with worker:
            try:
                yield worker
            finally:
                self.notes.update(dict.fromkeys(worker.end().notes))

    def _fill(self, scratch: Path) -> None:
        """Copy what lay beside the notebook, and the assignment's data over it."""
        (scratch / "data").mkdir()
        for name, content in self.hand_in.files:
            try:
                (scratch / Path(name).name).write_bytes(content)
            except (OSError, ValueError) as error:
                self.notes[f"A file that came with it was left out: {name[:80]!r} ({error})."] = (
                    None
                )
        for file in self.data:
            (scratch / "data" / file.name).write_bytes(file.read_bytes())

    def _run_all(self, worker: WorkerProcess, limits: Limits) -> bool:
        """Run the cells in order; tell whether the worker is still there afterwards."""
        end = time.monotonic() + limits.notebook_seconds
        for index, source in enumerate(self.cells):
            left = end - time.monotonic()
            if index in self.fatal:
                continue
            if left <= 0 or len(self.fatal) > MAX_RESTARTS:
                self.runs[index] = CellRun(index, ok=False, seconds=0.0, note=NO_TIME)
                continue
            if not self._run_cell(worker, index, source, min(limits.cell_seconds, left)):
                return False
        alive = self._is_alive(worker)
        self.careful = self.careful or not alive
        return alive

    def _is_alive(self, worker: WorkerProcess) -> bool:
        ping = messages.Seed(messages.new_id(), self.seed)
        try:
            worker.channel.send(ping)
            reply, _ = worker.channel.receive(time.monotonic() + PING_SECONDS)
        except WireError:
            return False
        return reply.id == ping.id

    def _try_fork(self, worker: WorkerProcess) -> None:
        """Raise `PeerGone` unless the checks will find a worker that can be forked.

        A cell can end it after having answered, or leave no room for one more process.
        """
        ours, theirs = socket.socketpair()
        fork, end = messages.Fork(messages.new_id(), 1.0), time.monotonic() + PING_SECONDS
        with theirs:
            worker.channel.send(fork, deadline=end, files=[theirs.fileno()])
        trial = checker_channel(ours)
        try:
            trial.receive(end)
            worker.channel.send(messages.Forget(fork.id), deadline=end)
        except WireError:
            raise PeerGone("the worker cannot be forked after the cell") from None
        finally:
            trial.close()

    def _run_cell(self, worker: WorkerProcess, index: int, source: str, seconds: float) -> bool:
        start = time.monotonic()
        request = messages.RunCell(messages.new_id(), index + 1, source, seconds)
        try:
            worker.channel.send(request, deadline=start + GRACE_SECONDS)
            reply, _ = worker.channel.receive(start + seconds + GRACE_SECONDS)
            done = expect_done(reply, request.id)
            if self.careful:
                time.sleep(SETTLE_SECONDS)
                self._try_fork(worker)
            expect_silence(worker)
        except WireError as error:
            if not isinstance(error, PeerTimeout) and not self.careful:
                # It may be the doing of a cell before, just after it answered. Run them all again,
                # this time waiting after each.
                self.careful = True
                return False
            self.is_doubtful |= may_be_others_doing(worker.end())
            self._note_death(index, f"{error}; {worker.end().reason}", time.monotonic() - start)
            return False
        took = time.monotonic() - start
        outputs = tuple(as_nbformat(output, index + 1) for output in done.outputs)
        self.runs[index] = CellRun(index, done.ok, took, outputs, done.note)
        if done.note:
            self.incidents[index] = Incident(f"cell {index + 1}", done.note)
        return True

    def _note_death(self, index: int, why: str, seconds: float) -> None:
        self.fatal[index] = why
        self.runs[index] = CellRun(index, ok=False, seconds=seconds, note=KILLED)
        text = f"{KILLED} It was left out, and the other cells were run again ({why})."
        self.incidents[index] = Incident(f"cell {index + 1}", text)


KILLED = "This cell ended the process it ran in, or had to be stopped from outside."
NO_TIME = "Not run: the notebook had used up its time or its restarts."


def may_be_others_doing(ended: messages.Ended) -> bool:
    """Tell whether a worker may have been killed by the kernel or a person, and not by us."""
    return not ended.stopped and ("SIGKILL" in ended.reason or ended.status == LOST)


def expect_silence(worker: WorkerProcess) -> None:
    """Raise `WireError` if the worker says something without having been asked."""
    if worker.channel.has_more():
        raise WireError("the worker spoke when it had not been asked")


def expect_done(reply: messages.FromWorker, number: int) -> messages.CellDone:
    """Return the reply if it answers the request of this number; raises `WireError`."""
    if not isinstance(reply, messages.CellDone) or reply.id != number:
        raise WireError("the worker answered something that was not asked")
    return reply


def as_nbformat(output: messages.Output, number: int) -> dict[str, object]:
    """Return an output as nbformat 4 writes it."""
    match output:
        case messages.Stream():
            name = "stderr" if output.name == "stderr" else "stdout"
            return {"output_type": "stream", "name": name, "text": output.text}
        case messages.Error():
            return {
                "output_type": "error",
                "ename": output.kind,
                "evalue": output.text,
                "traceback": output.traceback,
            }
        case messages.Display(is_result=True):
            result: dict[str, object] = {"output_type": "execute_result", "execution_count": number}
            return result | {"data": output.data, "metadata": {}}
        case messages.Display():
            return {"output_type": "display_data", "data": output.data, "metadata": {}}
