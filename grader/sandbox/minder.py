"""A small trusted process that starts one worker, watches it, and leaves nothing of it behind."""

import contextlib
import ctypes
import os
import select
import signal
import socket
from collections.abc import Callable
from typing import NoReturn

from grader.errors import WireError
from grader.sandbox.limits import close_all_but, silence
from grader.sandbox.tree import kill_descendants
from grader.wire import messages
from grader.wire.channel import Channel

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
MINDED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGPIPE}


def mind(wire: socket.socket, control: socket.socket, inside: Callable[[], None]) -> NoReturn:
    """Run `inside` in a child until it ends or `control` is closed; then kill what is left.

    Called in a fresh fork of the warm process; never returns. The last thing it does is to say on
    `control` how the worker ended.
    """
    os.setsid()
    for number in MINDED:
        signal.signal(number, signal.SIG_DFL)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    silence()
    close_all_but({0, 1, 2, wire.fileno(), control.fileno()})
    worker = os.fork()
    if not worker:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        control.close()
        _run(inside)
    wire.close()
    status = _watch(worker, control)
    kill_descendants()
    with contextlib.suppress(WireError):
        Channel(control, messages.decode_ended).send(messages.Ended(0, status, describe(status)))
    os._exit(0)


def _run(inside: Callable[[], None]) -> NoReturn:
    try:
        inside()
    finally:
        # Whatever happened in there: no exit handler, no flushing, no return into the warm loop.
        os._exit(70)


def _watch(worker: int, control: socket.socket) -> int:
    """Wait for the worker to end, or kill it when `control` closes; return its wait status."""
    ended = os.pidfd_open(worker)
    ready, _, _ = select.select([ended, control.fileno()], [], [])
    if ended not in ready:
        os.kill(worker, signal.SIGKILL)
    return os.waitpid(worker, 0)[1]


def describe(status: int) -> str:
    """Return a wait status in words."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"the process exited with status {code}"
    with contextlib.suppress(ValueError):
        return f"the process was ended by {signal.Signals(-code).name}"
    return f"the process was ended by signal {-code}"


def prctl(option: int, value: int) -> None:
    """Set an attribute of this process; the options used here cannot fail on our kernels."""
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
