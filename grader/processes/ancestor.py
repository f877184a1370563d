"""The clean process that everything which runs student code, or judges it, is forked from.

Started with an empty environment and no argument but two descriptors. It warms up, forks the
checkers' source, and goes on as the workers' source: so the workers' memory has never held a check,
a reference or a secret, and no worker is ever forked from a checker.
"""

import functools
import os
import signal
import socket
import sys
from typing import NoReturn

from grader import desk
from grader.errors import PeerGone
from grader.processes import orders
from grader.sandbox.limits import apply_limits
from grader.sandbox.minder import PR_SET_PDEATHSIG, mind, prctl
from grader.wire.channel import Channel
from grader.worker.main import work
from grader.worker.shell import Shell
from grader.worker.warm import freeze, warm


def main(worker_fd: int, checker_fd: int) -> NoReturn:
    """Warm up and serve until the grader goes away."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    shell = warm()
    # A notebook under grading imports `check` like any other; there it does nothing.
    desk.graded = True
    # Children end when they end: nobody waits for them here.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    freeze()
    if os.fork():
        os.close(checker_fd)
        serve_workers(orders.order_channel(socket.socket(fileno=worker_fd)), shell)
    os.close(worker_fd)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # Imported in this branch only: a worker never has the checks' code, let alone their data.
    from grader.processes.checkers import serve_checkers

    serve_checkers(orders.order_channel(socket.socket(fileno=checker_fd)))


def serve_workers(channel: Channel[orders.Order], shell: Shell) -> NoReturn:
    """Fork a minder, and it a worker, for every order."""
    channel.send(orders.Finished())
    while True:
        try:
            order = orders.expect(channel.receive()[0], orders.StartWorker)
        except PeerGone:
            os._exit(0)
        wire, control = (socket.socket(fileno=file) for file in channel.files)
        channel.files.clear()
        if not os.fork():
            mind(wire, control, functools.partial(enter, order, wire, shell))
        wire.close()
        control.close()


def enter(order: orders.StartWorker, wire: socket.socket, shell: Shell) -> None:
    """Become the worker: give up what can be given up, then serve."""
    os.chdir(order.scratch)
    os.environ.update(HOME=order.scratch, TMPDIR=order.scratch, MPLCONFIGDIR=order.scratch)
    # As in Jupyter, a notebook can import the files that lie beside it.
    sys.path.insert(0, "")
    held = apply_limits(order.limits)
    work(wire, shell, order.seed, held)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
