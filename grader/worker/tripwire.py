"""Notes, for the TA, of what student code tries that no exercise asks for.

The walls stop it; this only gives it a name. It runs beside student code, so a notebook that knows
of it can silence it, and nothing is decided by what it says.
"""

import contextlib
import fcntl
import functools
import itertools
import os
import re
import resource
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

MAX_SHOWN = 120
# C functions that reach out of a process, as ctypes looks them up.
SHARP = {
    "ptrace", "process_vm_readv", "process_vm_writev", "unshare", "setns", "mount", "umount2",
    "pivot_root", "chroot", "kill", "syscall", "prctl", "bpf", "setuid", "setresuid", "shmget",
    "mq_open", "memfd_create", "pidfd_getfd", "open_by_handle_at", "prlimit", "setpriority",
}  # fmt: skip
# Functions that Python itself tells no hook about.
UNHEARD = {
    os: ("memfd_create", "mknod", "nice", "sched_setaffinity", "setpriority", "setsid", "setuid"),
    socket: ("socketpair",),
    threading: ("_start_new_thread",),
}  # fmt: skip
# What tells a file of the machine, the course or another person from one of Python's own.
FOREIGN = re.compile(
    r"^/(etc/(passwd|shadow|group|hosts|ssh)|root\b|home\b|var\b|boot\b|run\b)"
    r"|^/proc/(?!self/(maps|status|stat|statm|fd|cgroup|mountinfo|task)$|self/task/"
    r"|cpuinfo|meminfo|stat\b|sys/|filesystems|driver/)"
    r"|^/dev/(k?mem|kmsg|port|fuse|[svx]d[a-z]|nvme)|(^|/)(solutions|hand-ins|gradebook"
    r"|\.grader|\.ssh|feedback|checks\.py|source|submitted)(/|\.|$)"
)
# Written to in all honesty: devices, and what `multiprocessing` shares.
SHARED = re.compile(r"^/dev/(?!shm/(?!pym-))")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
# Deep recursion asks for a larger stack; the worker itself limits time and files.
USUAL_LIMITS = {resource.RLIMIT_STACK, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE}
# Python itself may lie in somebody's home.
PACKAGE = Path(__file__).resolve().parents[1]
OWN = tuple(
    {str(PACKAGE), sys.prefix, sys.base_prefix, *filter(None, sys.path)} - {str(PACKAGE.parent)}
)
# IPython sets these anew for every cell.
PASSING = {"display", "get_ipython", "exit", "quit", "open", "_"}
WATCHED_MODULES = ("builtins", "numpy", "torch", "math", "random", "pytest", "hypothesis")


# What some modules held at one time: the module, and its names with their values.
Originals = dict[str, tuple[ModuleType, dict[str, object]]]


def trip(notes: int, before: Originals) -> None:
    """Watch this process from now on; every note is a line written to the descriptor `notes`.

    `before` is what the modules held that are looked at for patches.
    """
    seen: set[str] = set()

    def say(text: str) -> None:
        if text not in seen:
            seen.add(text)
            with contextlib.suppress(OSError):
                os.write(notes, text.replace("\n", " ").encode("utf-8", "replace") + b"\n")

    def hook(event: str, args: tuple[Any, ...]) -> None:
        # An error raised in here would change what student code sees.
        with contextlib.suppress(Exception):
            if event in EVENTS and (told := EVENTS[event](args)):
                say(f"It tried to {told[:MAX_SHOWN]}.")

    def look_for_patches() -> None:
        # Once, before the first fork: looking touches pages that forks then no longer share.
        for name in patched(before):
            say(f"It replaced {name}.")
        before.clear()

    os.register_at_fork(before=look_for_patches)
    sys.addaudithook(hook)
    for module, names in UNHEARD.items():
        for name in names:
            event = f"{module.__name__}.{name}"
            setattr(module, name, functools.partial(_aloud, event, getattr(module, name)))


def _aloud(event: str, silent: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    sys.audit(event, *args)
    return silent(*args, **kwargs)


def originals() -> Originals:
    """Return what the libraries that checks are often thought to lean on hold now."""
    loaded = {name: sys.modules[name] for name in WATCHED_MODULES if name in sys.modules}
    ours = {name: module for name, module in sys.modules.items() if name.startswith("grader.wire.")}
    return {name: (module, dict(vars(module))) for name, module in (loaded | ours).items()}


def patched(before: Originals) -> list[str]:
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


def _whole(args: tuple[Any, ...]) -> str:
    """Return the first argument as an absolute path; empty if it is none, or one of Python's."""
    path = os.fsdecode(args[0]) if args and isinstance(args[0], str | bytes | os.PathLike) else ""
    whole = os.path.normpath(Path.cwd() / path) if path else ""
    return "" if whole.startswith(OWN) else whole


def _path(args: tuple[Any, ...]) -> str:
    return f"reach {os.fsdecode(args[0])}" if FOREIGN.search(_whole(args)) else ""


def _write(args: tuple[Any, ...]) -> str:
    whole = _whole(args)
    passing = not whole or whole.startswith(os.environ["TMPDIR"]) or SHARED.search(whole)
    return "" if passing else f"change {os.fsdecode(args[0])}"


def _change(args: tuple[Any, ...]) -> str:
    return _path(args) or _path(args[1:]) or _write(args) or _write(args[1:])


def _command(args: tuple[Any, ...]) -> str:
    words = re.split(r"[\s'\"=,;<>|&()]+", str(args[:2]))
    return next(filter(None, (_path((word,)) for word in words if "/" in word)), "")


def _to_others(what: str, number: int, kind: int = os.P_PID) -> str:
    try:
        if number not in {0, os.getpid()}:
            os.waitid(kind, number, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except (OSError, OverflowError):
        return f"{what} {number}"
    return ""


def _address(args: tuple[Any, ...]) -> str:
    if isinstance(args[-1], str | bytes) and os.fsdecode(args[-1]).startswith(os.environ["TMPDIR"]):
        return ""
    return f"reach {args[-1]!r} over a socket"


def _socket(args: tuple[Any, ...]) -> str:
    """Tell of network sockets, and of others made by the notebook itself, not by a library."""
    caller, family = sys._getframe(2), args[1]
    while caller.f_back and caller.f_code.co_filename == socket.__file__:
        caller = caller.f_back
    quiet = not caller.f_code.co_filename.startswith("<cell ")
    if family == -1 or (quiet and family in {socket.AF_UNIX, socket.AF_INET6}):
        return ""
    return f"open a socket of family {socket.AddressFamily(family).name}"


def _pair(args: tuple[Any, ...]) -> str:
    kind = args[1] if len(args) > 1 else socket.SOCK_STREAM
    return "" if kind == socket.SOCK_STREAM else "make a pair of sockets that can write to others"


def _after(most: int, told: str) -> Callable[[tuple[Any, ...]], str]:
    calls = itertools.count(1)
    return lambda _: told if next(calls) > most else ""


CHANGES = (
    "os.chmod", "os.chown", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.setxattr",
    "os.truncate", "os.utime",
)  # fmt: skip
OWNER = "have signals sent to process"
COMMANDS = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system")
EVENTS: dict[str, Callable[[tuple[Any, ...]], str]] = {
    "open": lambda args: _path(args) or (_write(args) if args[2] & WRITING else ""),
    **dict.fromkeys(("os.listdir", "os.scandir", "sqlite3.connect"), _path),
    **dict.fromkeys(CHANGES, _change),
    **dict.fromkeys(("os.link", "os.symlink"), lambda args: _path(args) or _change(args[1:])),
    **dict.fromkeys(COMMANDS, _command),
    "os.fork": _after(100, "start more than 100 processes"),
    **{f"os.{name}": _after(0, f"call os.{name}") for name in UNHEARD[os]},
    "threading._start_new_thread": _after(300, "start more than 300 threads"),
    "os.kill": lambda args: _to_others(f"send signal {args[1]} to process", args[0]),
    "os.killpg": lambda args: _to_others(f"send signal {args[1]} to group", args[0], os.P_PGID),
    "fcntl.fcntl": lambda args: _to_others(OWNER, args[2]) if args[1] == fcntl.F_SETOWN else "",
    "resource.prlimit": lambda args: _to_others("change the limits of process", args[0]),
    "resource.setrlimit": lambda args: "" if args[0] in USUAL_LIMITS else "change its own limits",
    "socket.__new__": _socket,
    "socket.socketpair": _pair,
    **dict.fromkeys(("socket.connect", "socket.sendto", "socket.bind"), _address),
    "socket.getaddrinfo": lambda args: f"look up the host {args[0]!r}",
    "socket.gethostbyname": lambda args: f"look up the host {args[0]!r}",
    "ctypes.dlsym": lambda args: f"call {args[1]} of the C library" if args[1] in SHARP else "",
    "gc.get_objects": _after(0, "search the memory of its process (gc.get_objects)"),
    "gc.get_referrers": _after(0, "search the memory of its process (gc.get_referrers)"),
}
