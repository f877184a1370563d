"""The grader's side of its processes: start the ancestor, order workers and judges from it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from grader.errors import (
    CourseError,
    GraderError,
    GraderFault,
    PeerTimeout,
    SourceGone,
    WireError,
)
from grader.model import Assignment, CheckResult, Isolation, Level, Limits
from grader.processes import orders
from grader.sandbox.kernel import PR_SET_DUMPABLE, prctl
from grader.wire import messages
from grader.wire.channel import Channel, checker_channel

START_SECONDS = 120.0
LOAD_SECONDS = 120.0
# The status of a worker whose minder is gone too.
LOST = -1

# All that a worker's environment may hold. Tokens and paths of the grader's own stay behind: what
# is in an environment stays readable in memory for ever.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
FIXED = {
    # A thread pool does not survive a fork: the warm process must never start one.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_THREAD_LIMIT": "1",
    "PYTHONHASHSEED": "0",
    # Larger pages halve the cost of a fork.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
    # A process that has touched CUDA cannot be forked: cards come in with the last fork only.
    "CUDA_VISIBLE_DEVICES": "",
    # There is no network: a line `!pip install` says at once whether the package is there, instead
    # of asking again and again until the cell's time is up.
    "PIP_NO_INDEX": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}


class Processes:
    """A running ancestor. Use it as a context manager; on leaving, everything is gone.

    Workers see nothing of the paths in `hidden`. `isolation` says what stands around them: the
    strongest that this machine gives, no stronger than `at_most`.
    """

    isolation: Isolation

    def __init__(
        self,
        hidden: Sequence[Path] = (),
        at_most: Level = Level.full,
        most_abi: int | None = None,
    ) -> None:
        # Grades and secrets lie in this process's memory: other processes of the same user must
        # not read it.
        prctl(PR_SET_DUMPABLE, 0)
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        worker_end, worker_child = socket.socketpair()
        checker_end, checker_child = socket.socketpair()
        numbers = (worker_child.fileno(), checker_child.fileno())
        words = map(str, (*numbers, os.getpid()))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader.processes.ancestor", *words],
            pass_fds=numbers,
            env=clean_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        worker_child.close()
        checker_child.close()
        self._workers = orders.order_channel(worker_end)
        self._checkers = orders.order_channel(checker_end)
        wish = orders.Prepare([str(path.resolve()) for path in hidden], at_most, most_abi)
        self._workers.send(wish)
        self._judges: dict[Assignment, Judges] = {}
        self._running: weakref.WeakSet[WorkerProcess] = weakref.WeakSet()
        # Frames of two threads must not mix on one wire, nor checks be loaded twice.
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        try:
            self._expect(self._checkers, orders.Finished)
            self.isolation = self._expect(self._workers, orders.Prepared).isolation
        except BaseException:
            self._process.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for judges in self._judges.values():
            judges.channel.close()
        self._workers.close()
        self._checkers.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._process.kill()
        self._process.wait()
        self._log.close()

    def worker(
        self, scratch: Path, seed: int, limits: Limits, *, gpu: bool = False
    ) -> "WorkerProcess":
        """Start a worker in `scratch`, with the graphics cards inside its walls if `gpu`."""
        wire, wire_end = socket.socketpair()
        control, control_end = socket.socketpair()
        with wire_end, control_end:
            order = orders.StartWorker(str(scratch), seed, limits, gpu)
            try:
                with self._lock:
                    send_order(self._workers, order, [wire_end.fileno(), control_end.fileno()])
                    worker = WorkerProcess(wire, control)
                    self._running.add(worker)
            except SourceGone:
                wire.close()
                control.close()
                raise
        return worker

    def stop(self) -> None:
        """End everything at once; whoever waits for a worker or a judge gets an error."""
        # The source first: nothing that ends now can be started again.
        self._process.kill()
        self._process.wait()
        with self._lock:
            for worker in list(self._running):
                worker.hang_up()

    def judges(self, assignment: Assignment, secret: str, *, public_only: bool = False) -> "Judges":
        """Load the checks of an assignment, or return them if they are loaded already.

        Raises `CourseError` when they cannot be collected or the reference fails one.
        """
        with self._lock:
            if assignment not in self._judges:
                ours, theirs = socket.socketpair()
                with theirs:
                    order = load_order(assignment, secret, public_only=public_only)
                    send_order(self._checkers, order, [theirs.fileno()])
                self._judges[assignment] = Judges(assignment, ours)
            return self._judges[assignment]

    def _expect(self, channel: Channel[orders.Order], kind: type[orders.Kind]) -> orders.Kind:
        try:
            return orders.expect(channel.receive(time.monotonic() + START_SECONDS)[0], kind)
        except WireError:
            self._process.kill()
            self._process.wait()
            self._log.seek(0)
            said = self._log.read()[-2000:].decode("utf-8", "replace").strip()
            raise GraderFault(f"the worker source did not start:\n{said}") from None


class WorkerProcess:
    """One worker and its minder. Closing it kills whatever is left of both."""

    def __init__(self, wire: socket.socket, control: socket.socket) -> None:
        self.channel = checker_channel(wire)
        self._control = Channel(control, messages.decode_ended)
        self.walls: list[str] = []
        self.ended: messages.Ended | None = None

    def __enter__(self) -> Self:
        try:
            ready, _ = self.channel.receive(time.monotonic() + START_SECONDS)
        except WireError:
            raise GraderFault(f"a worker did not start: {self.end().reason}") from None
        if not isinstance(ready, messages.Ready):
            raise GraderFault("a worker did not say that it is ready")
        self.walls = ready.walls
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def hang_up(self) -> None:
        """Let the minder kill the worker, from any thread; the one that waits for it is woken."""
        for end in (self._control.socket, self.channel.socket):
            # One that is closed already has ended.
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR if end is self.channel.socket else socket.SHUT_WR)

    def end(self) -> messages.Ended:
        """Kill the worker and everything it started; return how it ended."""
        if self.ended is None:
            self.ended = self._end()
        return self.ended

    def _end(self) -> messages.Ended:
        self.channel.close()
        # Half a close: the minder reads the end of its orders and can still report.
        with contextlib.suppress(OSError):
            self._control.socket.shutdown(socket.SHUT_WR)
        try:
            return self._control.receive(time.monotonic() + 10)[0]
        except WireError:
            return messages.Ended(0, LOST, "the process and its minder were killed")
        finally:
            self._control.close()


@contextlib.contextmanager
def open_fork(
    worker: WorkerProcess, seconds: float, device: str = "cpu", card: str = "", share: float = 1.0
) -> Iterator[Channel[messages.FromWorker]]:
    """Yield the wire of a fork of a worker, on a device; raises `WireError` if there is none."""
    ours, theirs = socket.socketpair()
    order = messages.Fork(messages.new_id(), seconds, device, card, share)
    with theirs:
        worker.channel.send(order, files=[theirs.fileno()])
    channel = checker_channel(ours)
    try:
        reply, _ = channel.receive(time.monotonic() + seconds)
        if not isinstance(reply, messages.Ready):
            raise WireError(f"the fork did not come up on {device}: {reply}")
        yield channel
    finally:
        channel.close()


class Judges:
    """The loaded checks of one assignment."""

    def __init__(self, assignment: Assignment, end: socket.socket) -> None:
        self.channel = orders.order_channel(end)
        self._lock = threading.Lock()
        try:
            self.checks = self._loaded(assignment)
        except GraderError:
            self.channel.close()
            raise

    def _loaded(self, assignment: Assignment) -> list[CheckResult]:
        try:
            order, _ = self.channel.receive(time.monotonic() + LOAD_SECONDS)
        except WireError as error:
            raise CourseError(assignment.name, f"the checks could not be loaded: {error}") from None
        loaded = orders.expect(order, orders.ChecksLoaded)
        if loaded.error:
            raise CourseError(assignment.folder, loaded.error)
        exercises = {exercise.name for exercise in assignment.exercises}
        for check in loaded.checks:
            if check.exercise not in exercises:
                what = f"check_{check.name} is for {check.exercise}, which is no exercise"
                raise CourseError(assignment.folder, what)
        self.chances = loaded.chances
        return loaded.checks

    @contextlib.contextmanager
    def call(self) -> Iterator["Judge"]:
        """Yield a judge, who comes into being while the caller sees to a worker."""
        ours, theirs = socket.socketpair()
        channel = orders.order_channel(ours)
        try:
            with theirs, self._lock:
                send_order(self.channel, orders.CallJudge(), [theirs.fileno()])
            yield Judge(channel)
        finally:
            channel.close()


class Judge:
    """A process that judges one submission and then is gone."""

    def __init__(self, channel: Channel[orders.Order]) -> None:
        self.channel = channel

    def judge(
        self, worker: WorkerProcess, what: orders.Begin, patience: float
    ) -> Iterator[orders.Judged]:
        """Yield the results of some checks on an executed notebook, exercise by exercise.

        Raises `PeerGone` when the judge itself dies, and `PeerTimeout` when it says nothing for
        `patience` seconds: those are faults of ours.
        """
        files = [worker.channel.socket.fileno()]
        self.channel.send(what, files=files)
        called = orders.expect(self.channel.receive()[0], orders.Called)
        while True:
            try:
                order, _ = self.channel.receive(time.monotonic() + patience)
            except PeerTimeout:
                os.kill(called.process, signal.SIGKILL)
                raise
            if isinstance(order, orders.Finished):
                return
            yield orders.expect(order, orders.Judged)


def send_order(channel: Channel[orders.Order], order: orders.Order, files: Sequence[int]) -> None:
    """Send an order to a process that others are forked from; raises `SourceGone`."""
    try:
        channel.send(order, files=files)
    except WireError:
        raise SourceGone from None


def load_order(assignment: Assignment, secret: str, *, public_only: bool) -> orders.LoadChecks:
    """Return the order that loads an assignment's checks."""
    hidden = "" if public_only or assignment.hidden is None else str(assignment.hidden)
    return orders.LoadChecks(
        assignment=assignment.name,
        public=str(assignment.folder / "checks.py"),
        hidden=hidden,
        secret=secret if hidden else "",
        depends={e.name: list(e.depends) for e in assignment.exercises} if hidden else {},
        seconds=assignment.limits.check_seconds,
        reveal=assignment.reveal,
    )


def clean_environment() -> dict[str, str]:
    """Return the environment of the ancestor, and so of every worker."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    root = Path(__file__).resolve().parents[2]
    return kept | FIXED | {"PYTHONPATH": str(root)}


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield an empty folder for one worker; it is removed however that worker left it."""
    folder = Path(tempfile.mkdtemp(prefix="grader-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
