"""Notes, for the TA, of what student code tries that no exercise asks for.

The walls stop it; this only gives it a name. It runs beside student code, so a notebook that knows
of it can silence it, and nothing is decided by what it says.
"""

import contextlib
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

MAX_SHOWN = 120
# C functions that reach out of a process, as ctypes looks them up.
SHARP = {
    "ptrace", "process_vm_readv", "process_vm_writev", "unshare", "setns", "mount", "umount2",
    "pivot_root", "chroot", "kill", "syscall", "prctl", "bpf", "setuid", "setresuid",
}  # fmt: skip
# What tells a file of the machine, the course or another person from one of Python's own.
FOREIGN = re.compile(
    r"^/(etc/(passwd|shadow|group|hosts|ssh)|root\b|home\b|var\b|boot\b|run\b)"
    r"|^/proc/(?!self/(maps|status|stat|statm|fd|cgroup|mountinfo|task)\b"
    r"|cpuinfo|meminfo|stat\b|sys/|filesystems|driver/)"
    r"|(^|/)(solutions|gradebook|\.grader|\.ssh|feedback|checks\.py|source|submitted)(/|\.|$)"
)
# Python may live in somebody's home; a traceback reads its sources, as `torch.manual_seed` does.
OWN = tuple({f"{prefix}/lib/" for prefix in (sys.prefix, sys.base_prefix)})
WATCHED_MODULES = ("builtins", "numpy", "torch", "math", "random", "pytest", "hypothesis")


def trip(notes: int) -> None:
    """Watch this process from now on; every note is a line written to the descriptor `notes`."""
    seen: set[str] = set()

    def say(text: str) -> None:
        if text not in seen:
            seen.add(text)
            with contextlib.suppress(OSError):
                os.write(notes, text.replace("\n", " ").encode("utf-8", "replace") + b"\n")

    def hook(event: str, args: tuple[Any, ...]) -> None:
        describe = EVENTS.get(event)
        if describe is None:
            return
        # An error raised in here would change what student code sees.
        with contextlib.suppress(Exception):
            told = describe(args)
            if told:
                say(f"It tried to {told[:MAX_SHOWN]}.")

    replaced = originals()

    def look_for_patches() -> None:
        for name in patched(replaced):
            say(f"It replaced {name}.")

    os.register_at_fork(after_in_child=look_for_patches)
    sys.addaudithook(hook)


def originals() -> dict[str, tuple[ModuleType, dict[str, object]]]:
    """Return what the libraries that checks are often thought to lean on hold now."""
    loaded = {name: sys.modules[name] for name in WATCHED_MODULES if name in sys.modules}
    ours = {name: module for name, module in sys.modules.items() if name.startswith("grader.wire.")}
    return {name: (module, dict(vars(module))) for name, module in (loaded | ours).items()}


def patched(before: dict[str, tuple[ModuleType, dict[str, object]]]) -> list[str]:
    """Return the functions and classes of those libraries that are others now."""
    names = []
    for name, (module, old) in before.items():
        if sys.modules.get(name) is not module:
            names.append(f"the module {name}")
        now = vars(module)
        names += [
            f"{name}.{key}"
            for key, value in old.items()
            if now.get(key) is not value and callable(value) and key not in PASSING
        ]
    return names


# IPython sets these anew for every cell.
PASSING = {"display", "get_ipython", "exit", "quit", "open", "_"}


def _path(args: tuple[Any, ...]) -> str:
    path = os.fsdecode(args[0]) if isinstance(args[0], str | bytes) else ""
    whole = str(Path.cwd() / path) if path else ""
    is_own = whole.startswith(OWN) and ".." not in whole
    return f"reach {path}" if FOREIGN.search(whole) and not is_own else ""


def _signal(args: tuple[Any, ...]) -> str:
    return "" if _is_own(args[0], os.P_PID) else f"send signal {args[1]} to process {args[0]}"


def _group_signal(args: tuple[Any, ...]) -> str:
    return "" if _is_own(args[0], os.P_PGID) else f"send signal {args[1]} to group {args[0]}"


def _is_own(number: int, kind: int) -> bool:
    """Tell whether a process or a group is this one, or has been started by it."""
    if number in {0, os.getpid()}:
        return True
    try:
        os.waitid(kind, number, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except (ChildProcessError, OverflowError, OSError):
        return False
    return True


def _symbol(args: tuple[Any, ...]) -> str:
    return f"call {args[1]} of the C library" if args[1] in SHARP else ""


def _address(args: tuple[Any, ...]) -> str:
    return f"reach {args[-1]!r} over a socket"


def _limit(args: tuple[Any, ...]) -> str:
    return "" if _is_own(args[0], os.P_PID) else f"change the limits of process {args[0]}"


def _host(args: tuple[Any, ...]) -> str:
    return f"look up the host {args[0]!r}"


EVENTS: dict[str, Callable[[tuple[Any, ...]], str]] = {
    "open": _path,
    "os.listdir": _path,
    "os.scandir": _path,
    "os.chmod": _path,
    "os.remove": _path,
    "os.rename": _path,
    "os.link": _path,
    "os.symlink": _path,
    "os.truncate": _path,
    "os.kill": _signal,
    "os.killpg": _group_signal,
    "resource.prlimit": _limit,
    "socket.connect": _address,
    "socket.sendto": _address,
    "socket.bind": _address,
    "socket.getaddrinfo": _host,
    "socket.gethostbyname": _host,
    "ctypes.dlsym": _symbol,
    "gc.get_objects": lambda _: "search the memory of its process (gc.get_objects)",
    "gc.get_referrers": lambda _: "search the memory of its process (gc.get_referrers)",
}
