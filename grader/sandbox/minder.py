"""A small trusted process that starts one worker, watches it, and leaves nothing of it behind."""

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from grader.errors import WireError
from grader.model import Level, Limits
from grader.sandbox.kernel import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, prctl
from grader.sandbox.limits import close_all_but, silence
from grader.sandbox.tree import kill_descendants
from grader.sandbox.users import drop_groups, map_users, unshare_users
from grader.sandbox.walls import SIGNALLED, Plan, hand_over
from grader.sandbox.watchdog import INTERVAL, Watchdog
from grader.wire import messages
from grader.wire.channel import Channel

MINDED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGPIPE}
MAX_NOTES = 20
NOTE_BYTES = 300
# What a worker's tripwire writes; anything else on that pipe is noise.
NOTES_BEGIN = ("It tried to ", "It replaced ")
FAILED = 70
READY = b"r"


@dataclass(frozen=True)
class Charge:
    """One worker to be: its walls and limits, its folder, its wire, and what it does inside.

    `inside` gets the descriptor that notes for the TA are written to.
    """

    plan: Plan
    limits: Limits
    scratch: str
    wire: socket.socket
    control: socket.socket
    inside: Callable[[int], None]


def start(charge: Charge, worker_id: int) -> int:
    """Fork a minder, and it the worker, from a warm process; returns the minder's process id.

    As root the worker becomes the user `worker_id`. Raises `OSError` when the kernel refuses new
    namespaces; the minder is gone then.
    """
    hand_over(charge.plan, charge.scratch, worker_id)
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            minder = os.fork()
            if not minder:
                ours.close()
                mind(charge, theirs)
        if charge.plan.level is Level.full:
            answer = ours.recv(NOTE_BYTES)
            if answer != READY:
                raise OSError(answer.decode() or "the minder died")
            # Only a process outside of a namespace may say who its users are.
            map_users(minder, worker_id if charge.plan.changes_user else None)
            ours.send(READY)
    return minder


def mind(charge: Charge, parent: socket.socket) -> NoReturn:
    """Run the worker in a child until it ends or `control` is closed; then kill what is left.

    Called in a fresh fork of the warm process; never returns. The last thing it does is to say on
    `control` how the worker ended.
    """
    os.setsid()
    for number in MINDED:
        signal.signal(number, signal.SIG_DFL)
    # It does not die with its parent: it outlives a grader that was killed for as long as it takes
    # to see `control` closed and to clear up.
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    silence()
    wire, control = charge.wire, charge.control
    close_all_but({0, 1, 2, wire.fileno(), control.fileno(), parent.fileno()})
    told, tell = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    _enter_namespaces(charge.plan, parent)
    worker = os.fork()
    if not worker:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        control.close()
        os.close(told)
        _run(charge.inside, tell)
    os.close(tell)
    wire.close()
    scratch = None if charge.plan.level is Level.full else charge.scratch
    ended = _Watch(Watchdog(worker, charge.limits, scratch), control, told).until_end()
    kill_descendants()
    with contextlib.suppress(WireError):
        Channel(control, messages.decode_ended).send(ended)
    os._exit(0)


def _enter_namespaces(plan: Plan, parent: socket.socket) -> None:
    if plan.level is Level.full:
        drop_groups()
        try:
            unshare_users()
        except OSError as error:
            parent.send(str(error).encode())
            os._exit(FAILED)
        parent.send(READY)
        if not parent.recv(1):
            os._exit(FAILED)
    parent.close()


def _run(inside: Callable[[int], None], tell: int) -> NoReturn:
    try:
        inside(tell)
    finally:
        # Whatever happened in there: no exit handler, no flushing, no return into the warm loop.
        os._exit(FAILED)


class _Watch:
    """Waits for one worker to end, or ends it."""

    def __init__(self, dog: Watchdog, control: socket.socket, told: int) -> None:
        self.dog, self.told = dog, told
        self.notes: list[str] = []
        self.ended = os.pidfd_open(dog.worker)
        self.control = control.fileno()
        self.poll = select.poll()
        for number in (self.ended, self.control, told):
            self.poll.register(number, select.POLLIN)

    def until_end(self) -> messages.Ended:
        """Watch until it is over, by itself or by our hand; returns the report."""
        why = ""
        next_look = time.monotonic() + INTERVAL
        while not why:
            ready = {number for number, _ in self.poll.poll(1000 * INTERVAL)}
            if self.told in ready:
                self._listen()
            if self.ended in ready:
                break
            if self.control in ready:
                # It may be on its way out by itself: then that is what is told.
                why = "" if self._ends_soon() else "the grader ended it"
                break
            if time.monotonic() >= next_look:
                next_look = time.monotonic() + INTERVAL
                why = self.dog.stopped[-1] if self.dog.look() else ""
        if why:
            os.kill(self.dog.worker, signal.SIGKILL)
        status = os.waitpid(self.dog.worker, 0)[1]
        self._listen()
        notes = list(dict.fromkeys([*self.dog.stopped, *self.notes]))
        why = why or next(reversed(self.dog.stopped), "") or describe(status)
        return messages.Ended(0, status, why, notes, bool(self.dog.stopped))

    def _ends_soon(self) -> bool:
        return bool(select.select([self.ended], [], [], INTERVAL)[0])

    def _listen(self) -> None:
        """Take the notes that have come; a worker that writes without end is not listened to."""
        text = b""
        with contextlib.suppress(OSError):
            text = os.read(self.told, NOTE_BYTES * MAX_NOTES)
        lines = [line[:NOTE_BYTES].decode("utf-8", "replace") for line in text.split(b"\n")]
        self.notes += [line for line in map(plain, lines) if line.startswith(NOTES_BEGIN)]
        if len(self.notes) >= MAX_NOTES or not text:
            del self.notes[MAX_NOTES:]
            with contextlib.suppress(KeyError):
                self.poll.unregister(self.told)


def plain(text: str) -> str:
    """Return a text without anything a terminal would obey."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def describe(status: int) -> str:
    """Return a wait status in words."""
    code = os.waitstatus_to_exitcode(status)
    number = -code if code < 0 else code - SIGNALLED
    with contextlib.suppress(ValueError):
        return f"the process was ended by {signal.Signals(number).name}"
    return f"the process exited with status {code}"
