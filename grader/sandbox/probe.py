"""What the walls really hold, found by attacking harmless targets from behind them.

What the kernel's calls return says little: a host may accept them all and enforce none.
"""

import contextlib
import importlib
import json
import os
import resource
import select
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.model import Isolation, Level, Limits
from grader.sandbox.kernel import CLONE_NEWUSER, unshare
from grader.sandbox.minder import Charge, start
from grader.sandbox.users import passing_ids
from grader.sandbox.walls import Plan, leave_machine, make_plan, raise_walls

SECONDS = 20.0
SMALL = Limits(memory_bytes=64 << 20, processes=12, scratch_bytes=2 << 20, file_bytes=1 << 20)
# What a level above `limits` must hold; the rest is told but tolerated there.
ESSENTIAL = {
    "reading files outside",
    "writing files outside",
    "the network",
    "signals to other processes",
    "reading other processes",
    "memory without end",
}
# What nothing has imported yet: a worker that cannot is of no use.
LAZY_MODULES = ("wave", "xml.dom.minidom", "sqlite3")


@dataclass(frozen=True)
class Targets:
    """What is attacked: files nobody needs, sockets nobody answers, the process that asks."""

    folder: Path
    port: int
    victim: int


def find_isolation(
    hidden: Sequence[Path], at_most: Level = Level.full, most_abi: int | None = None
) -> tuple[Plan, Isolation]:
    """Return the strongest walls this machine gives, no stronger than `at_most`.

    Forks, so the calling process must have one thread. `hidden` and `most_abi` as in `make_plan`.
    """
    refused: list[str] = []
    for level in Level:
        if at_most.reaches(level):
            try:
                plan = make_plan(level, hidden, most_abi)
                walls, is_open = probe(plan)
            except OSError as error:
                refused.append(f"{level}: {error}")
                continue
            if level is Level.limits or ESSENTIAL.isdisjoint(is_open):
                return plan, Isolation(level, tuple(walls), tuple(is_open), tuple(refused))
            refused.append(f"{level}: it does not prevent {', '.join(sorted(is_open))}")
    raise OSError("; ".join(refused))


def probe(plan: Plan) -> tuple[list[str], list[str]]:
    """Return the names of a plan's walls, and what is possible behind them all the same.

    Raises `OSError` when they cannot be raised.
    """
    with _targets() as targets:
        scratch = targets.folder / "scratch"
        read, write = socket.socketpair()
        ours, theirs = socket.socketpair()
        with read, ours:
            with write, theirs:

                def inside(_: int) -> None:
                    write.sendall(_report(plan, str(scratch), targets))

                start(Charge(plan, SMALL, str(scratch), write, theirs, inside), next(passing_ids()))
            said = _all(read)
            ours.shutdown(socket.SHUT_WR)
            ours.recv(1)
    # Where the walls fail, the first process of a namespace and the second may both say so.
    answer = json.loads(said.partition(b"\n")[0] or b'{"error": "the process inside died"}')
    if "error" in answer:
        raise OSError(answer["error"])
    return answer["walls"], answer["open"]


@contextmanager
def _targets() -> Iterator[Targets]:
    folder = Path(tempfile.mkdtemp(prefix="grader-probe-"))
    with contextlib.ExitStack() as stack:
        stack.callback(_remove, folder)
        (folder / "scratch").mkdir()
        (folder / "outside").mkdir()
        for place in (folder, folder / "outside"):
            # Open to everyone: only the walls may stand in the way.
            place.chmod(0o777)
        (folder / "outside" / "file").write_text("canary")
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        local = stack.enter_context(socket.socket(socket.AF_UNIX))
        local.bind(str(folder / "outside" / "socket"))
        local.listen()
        (folder / "outside" / "socket").chmod(0o777)
        yield Targets(folder, tcp.getsockname()[1], os.getpid())


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _all(wire: socket.socket) -> bytes:
    said = b""
    while select.select([wire], [], [], SECONDS)[0] and (chunk := wire.recv(65536)):
        said += chunk
    return said


def _report(plan: Plan, scratch: str, targets: Targets) -> bytes:
    try:
        leave_machine(plan, scratch, SMALL)
        walls = raise_walls(plan, scratch, SMALL)
        for name in LAZY_MODULES:
            importlib.import_module(name)
    except (OSError, ImportError) as error:
        return json.dumps({"error": str(error)}).encode() + b"\n"
    done = [name for name, attack in _attacks(targets).items() if _succeeds(attack)]
    return json.dumps({"walls": walls, "open": done}).encode()


def _succeeds(attack: Callable[[], object]) -> bool:
    try:
        attack()
    except (OSError, MemoryError):
        return False
    return True


def _attacks(targets: Targets) -> dict[str, Callable[[], object]]:
    outside = targets.folder / "outside"
    return {
        "reading files outside": (outside / "file").read_bytes,
        "writing files outside": lambda: (outside / "new").write_text("x"),
        "the network": lambda: _connect(socket.AF_INET, ("127.0.0.1", targets.port)),
        "sockets in files": lambda: _connect(socket.AF_UNIX, str(outside / "socket")),
        "signals to other processes": lambda: os.kill(_found(targets.victim), 0),
        "reading other processes": lambda: _read_environment(_found(targets.victim)),
        "limits of other processes": lambda: _set_limit(_found(targets.victim)),
        "new namespaces": lambda: unshare(CLONE_NEWUSER),
        "memory without end": lambda: bytearray(4 * SMALL.memory_bytes),
        # Not so many that the watchdog, which knows nothing of probes, would see to it.
        "more processes than allowed, until the watchdog looks": lambda: _fork(SMALL.processes + 4),
    }


def _connect(family: int, address: object) -> None:
    with socket.socket(family) as wire:
        wire.settimeout(1)
        wire.connect(address)  # type: ignore[arg-type]


def _found(victim: int) -> int:
    """Return the victim's process id, unless in here that number is one of our own."""
    if victim in {os.getpid(), os.getppid()}:
        raise ProcessLookupError(victim)
    return victim


def _read_environment(victim: int) -> bytes:
    return Path(f"/proc/{victim}/environ").read_bytes()


def _set_limit(victim: int) -> None:
    soft, hard = resource.prlimit(victim, resource.RLIMIT_CORE)
    resource.prlimit(victim, resource.RLIMIT_CORE, (soft, hard))


def _fork(count: int) -> None:
    children = []
    try:
        for _ in range(count):
            child = os.fork()
            if not child:
                signal.pause()
            children.append(child)
    finally:
        for child in children:
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
