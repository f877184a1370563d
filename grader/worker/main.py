"""The worker's loop: run cells, then serve the checker, in forks where it asks for them."""

import contextlib
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from typing import NoReturn

from grader.errors import PeerGone, WireError
from grader.wire import messages
from grader.wire.channel import Channel, worker_channel
from grader.worker.devices import close_cards, move, take_device
from grader.worker.seeds import set_seeds
from grader.worker.serving import Server
from grader.worker.shell import CellRunner, Shell

# Descriptors that student code cannot use up, so that there is always room for a fork's wire.
SPARE_FILES = 16


def hold_back_files() -> None:
    """Let this process open fewer files than it may."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(hard - SPARE_FILES, 1), hard))


@contextlib.contextmanager
def spared_files() -> Iterator[None]:
    """Hold back some descriptors while student code runs."""
    hold_back_files()
    try:
        yield
    finally:
        # It may have lowered the limit for good; then this is all there is.
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Worker:
    """One executed notebook and the wire to its checker."""

    def __init__(self, channel: Channel[messages.ToWorker], shell: Shell) -> None:
        self.channel = channel
        self.shell = shell
        self.server = Server(shell.user_ns, self._ask_checker)
        self.runner = CellRunner(shell)
        self.forks: dict[int, int] = {}
        self.ending: list[int] = []

    def serve(self, walls: list[str], seed: int) -> NoReturn:
        """Say what walls there are, then answer until the checker closes the wire."""
        set_seeds(seed)
        close_cards()
        self.channel.send(messages.Ready(0, walls))
        while True:
            try:
                message, payload = self.channel.receive()
                self._handle(message, payload)
            except PeerGone:
                # No exit handler of the student's may run, let alone hold up the process.
                os._exit(0)

    def _handle(self, message: messages.ToWorker, payload: memoryview) -> None:
        match message:
            case messages.RunCell():
                # A cell that takes every process there is must leave us no secret spare.
                self._see_off()
                with spared_files():
                    done = self.runner.run(message)
                self.channel.send(done)
            case messages.Fork():
                self._fork(message)
            case messages.Forget(id=number):
                self._forget(number)
            case _:
                reply, buffers = self.server.answer(message, payload)
                self._send(reply, buffers)

    def _send(self, reply: messages.FromWorker, buffers: list[memoryview]) -> None:
        try:
            self.channel.send(reply, buffers)
        except PeerGone:
            raise
        except WireError as error:
            self.channel.send(messages.Raised(reply.id, "WireError", ["WireError"], str(error), []))

    def _fork(self, order: messages.Fork) -> None:
        end = socket.socket(fileno=self.channel.files.pop())
        sys.stdout.flush()
        pid = self._fork_off()
        if pid:
            end.close()
            self.forks[order.id] = pid
            return
        # A group of its own: what it starts ends with it.
        os.setpgid(0, 0)
        seconds = int(order.seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        self.channel.socket.close()
        self.channel = worker_channel(end)
        self.forks = {}
        # What a checked function prints is nobody's business.
        silent = os.open(os.devnull, os.O_RDWR)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        self.channel.send(self._take_device(order) or messages.Ready(order.id))

    def _take_device(self, order: messages.Fork) -> messages.FromWorker | None:
        """Go over to the device of a fork; returns what to say where that cannot be done."""
        if order.device == self.server.device:
            return None
        try:
            take_device(order.device, order.card, order.share)
            move(self.server.namespace, order.device)
        except Exception as error:
            return self.server.raised(order.id, error)
        self.server.device = order.device
        return None

    def _forget(self, number: int) -> None:
        pid = self.forks.pop(number, 0)
        if not pid:
            return
        for end in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError):
                try:
                    end(pid, signal.SIGKILL)
                except PermissionError:
                    # Walls that allow no signal at all: it ends by itself, or at its limit.
                    return
        self.ending.append(pid)

    def _fork_off(self) -> int:
        """Fork, without waiting for earlier forks to end: the kernel takes milliseconds over each.

        Where a notebook has used up its processes, those on their way out count, and are awaited.
        """
        self.ending = [pid for pid in self.ending if os.waitpid(pid, os.WNOHANG) == (0, 0)]
        try:
            return os.fork()
        except OSError:
            self._see_off()
            return os.fork()

    def _see_off(self) -> None:
        """Wait for the forks that are on their way out."""
        while self.ending:
            os.waitpid(self.ending.pop(), 0)

    def _ask_checker(
        self, question: messages.Callback, buffers: list[memoryview]
    ) -> tuple[messages.Answer, memoryview]:
        self.channel.send(question, buffers)
        reply, payload = self.channel.receive()
        if not isinstance(reply, messages.Answer):
            raise WireError("the checker sent something else than an answer")
        return reply, payload
