"""Calls to the Linux kernel that Python has no name for."""

import ctypes
import os
import platform

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_SECUREBITS = 28
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

CLONE_NEWNS = 0x0002_0000
CLONE_NEWCGROUP = 0x0200_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000
CLONE_NEWTIME = 0x80

# System calls by number: x86_64, aarch64.
NUMBERS = {
    "capset": (126, 91),
    "pivot_root": (155, 41),
    "mount_setattr": (442, 442),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}
MACHINES = ("x86_64", "aarch64")

# An argument of a system call: a number, the bytes of a struct or a path, or nothing.
Argument = int | bytes | None

_libc = ctypes.CDLL(None, use_errno=True)


def machine() -> int:
    """Return the column of this machine in tables of call numbers; raises `OSError` for others."""
    name = platform.machine()
    if name not in MACHINES:
        raise OSError(f"no table of system calls for {name}")
    return MACHINES.index(name)


def syscall(name: str, *args: Argument) -> int:
    """Make a system call by name; raises `OSError` as Python's own functions do."""
    values = (ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args)
    return _checked(name, _libc.syscall(ctypes.c_long(NUMBERS[name][machine()]), *values))


def prctl(
    option: int, value: int | ctypes.c_void_p = 0, more: ctypes.c_void_p | None = None
) -> int:
    """Set an attribute of this process; raises `OSError` when the kernel refuses."""
    first = ctypes.c_ulong(value) if isinstance(value, int) else value
    rest = more if more is not None else ctypes.c_ulong(0)
    zero = ctypes.c_ulong(0)
    return _checked("prctl", _libc.prctl(option, first, rest, zero, zero))


def unshare(flags: int) -> None:
    """Leave namespaces for new ones; raises `OSError` where that is forbidden."""
    _checked("unshare", _libc.unshare(flags))


def mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    """Mount a file system; raises `OSError` with the target's name."""
    system = kind.encode() if kind else None
    done = _libc.mount(
        source.encode(), target.encode(), system, ctypes.c_ulong(flags), data.encode()
    )
    _checked(f"mount on {target}", done)


def unmount(target: str, flags: int) -> None:
    """Unmount a file system."""
    _checked(f"unmount {target}", _libc.umount2(target.encode(), flags))


def _checked(what: str, result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result
