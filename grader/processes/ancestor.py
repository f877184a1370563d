"""The clean process that everything which runs student code, or judges it, is forked from.

Started with an empty environment and no argument but two descriptors and the id of who started it.
It warms up, forks the checkers' source, and goes on as the workers' source: so the workers' memory
has never held a check, a reference or a secret, and no worker is ever forked from a checker.
"""

import contextlib
import functools
import os
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from grader import desk
from grader.errors import PeerGone
from grader.model import Level
from grader.processes import orders
from grader.sandbox.kernel import PR_SET_PDEATHSIG, prctl
from grader.sandbox.minder import Charge, start
from grader.sandbox.probe import find_isolation
from grader.sandbox.users import passing_ids
from grader.sandbox.walls import Plan, leave_machine, raise_walls, with_gpu
from grader.wire.channel import Channel, worker_channel
from grader.worker.loading import load_alone
from grader.worker.main import Worker
from grader.worker.shell import Shell
from grader.worker.tripwire import Originals, originals, trip
from grader.worker.warm import freeze, warm


def main(worker_fd: int, checker_fd: int, grader: int) -> NoReturn:
    """Warm up and serve until the process `grader` goes away."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != grader:
        # It was killed while this process was starting: no signal will come any more.
        os._exit(0)
    shell = warm()
    before = originals()
    # A notebook under grading imports `check` like any other; there it does nothing.
    desk.graded = True
    # Children end when they end: nobody waits for them here.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    freeze()
    if os.fork():
        os.close(checker_fd)
        serve_workers(orders.order_channel(socket.socket(fileno=worker_fd)), shell, before)
    os.close(worker_fd)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # Imported in this branch only: a worker never has the checks' code, let alone their data.
    from grader.processes.checkers import serve_checkers

    serve_checkers(orders.order_channel(socket.socket(fileno=checker_fd)))


def serve_workers(channel: Channel[orders.Order], shell: Shell, before: Originals) -> NoReturn:
    """Find the walls of this machine, then start a worker behind them for every order."""
    wish = orders.expect(channel.receive()[0], orders.Prepare)
    hidden = [Path(path) for path in wish.hidden]
    plan, isolation = find_isolation(hidden, wish.at_most, wish.most_abi)
    plans = {False: plan, True: with_gpu(plan, hidden)}
    channel.send(orders.Prepared(isolation))
    ids = passing_ids()
    while True:
        try:
            order = orders.expect(channel.receive()[0], orders.StartWorker)
        except PeerGone:
            os._exit(0)
        wire, control = (socket.socket(fileno=file) for file in channel.files)
        channel.files.clear()
        inside = functools.partial(enter, order, plans[order.gpu], wire, shell, before)
        charge = Charge(plans[order.gpu], order.limits, order.scratch, wire, control, inside)
        # A worker that cannot be started is seen by who ordered it: its wire is closed.
        with wire, control, contextlib.suppress(OSError):
            start(charge, next(ids))


def enter(
    order: orders.StartWorker,
    plan: Plan,
    wire: socket.socket,
    shell: Shell,
    before: Originals,
    notes: int,
) -> None:
    """Become the worker: raise the walls around this process, then serve."""
    leave_machine(plan, order.scratch, order.limits)
    # Made before the walls, which forbid files that lie in memory only.
    worker = Worker(worker_channel(wire), shell)
    walls = raise_walls(plan, order.scratch, order.limits)
    here = str(Path.cwd())
    # The warm process has looked for one already, and would hand on what it found.
    tempfile.tempdir = None
    os.environ.update(HOME=here, TMPDIR=here, MPLCONFIGDIR=here, USER="student")
    # As in Jupyter, a notebook can import the files that lie beside it.
    sys.path.insert(0, "")
    if plan.level is Level.restricted:
        load_alone()
    trip(notes, before)
    worker.serve(walls, order.seed)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
