"""User and group ids of workers, namespaces with ids of their own, and the end of capabilities."""

import contextlib
import itertools
import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from grader.sandbox.kernel import (
    CLONE_NEWPID,
    CLONE_NEWUSER,
    PR_CAPBSET_DROP,
    PR_SET_DUMPABLE,
    PR_SET_SECUREBITS,
    prctl,
    syscall,
    unshare,
)

# Ids that systems leave for passing users; each worker gets the next, so that none can touch
# another's processes or files.
FIRST_ID = 61_184
COUNT = 4_000
INSIDE_ID = 1000

_CAPABILITIES = 64
_CAPSET_VERSION = 0x2008_0522
# No root, no fix-up of ids, no capabilities kept: all of it locked.
_LOCKED_BITS = 0x2F


def passing_ids() -> Iterator[int]:
    """Yield user ids that nobody has, one after another."""
    return itertools.cycle(range(FIRST_ID, FIRST_ID + COUNT))


def unshare_users() -> None:
    """Put this process into a user namespace, and its next child into a process namespace too.

    Until `map_users` has been called on it from outside, it is nobody there.
    """
    unshare(CLONE_NEWUSER | CLONE_NEWPID)


def can_change_user() -> bool:
    """Tell whether this process may become one of the passing users.

    Root may, except in a namespace that has no such users: a container started without privileges.
    """
    return os.geteuid() == 0 and all(map(_is_mapped, ("uid_map", "gid_map")))


def _is_mapped(file: str) -> bool:
    for line in Path("/proc/self", file).read_text().splitlines():
        inside, _, count = map(int, line.split())
        if inside <= FIRST_ID and inside + count >= FIRST_ID + COUNT:
            return True
    return False


def map_users(pid: int, worker_id: int | None) -> None:
    """Say who the users of a process's new namespace are outside of it.

    With a `worker_id` there are two: root, who builds, and the worker, who is `worker_id` outside.
    Without, the user who calls is the only one. Called from outside the namespace.
    """
    if worker_id is not None:
        users = groups = f"0 0 1\n{INSIDE_ID} {worker_id} 1\n"
    else:
        users, groups = f"{INSIDE_ID} {os.geteuid()} 1\n", f"{INSIDE_ID} {os.getegid()} 1\n"
    for file, text in (("setgroups", "deny"), ("gid_map", groups), ("uid_map", users)):
        Path(f"/proc/{pid}/{file}").write_text(text)


def become(number: int) -> None:
    """Become another user for good. Only root may, in its namespace."""
    os.setresgid(number, number, number)
    os.setresuid(number, number, number)
    # The kernel takes this away with the user id; without it /proc/self is closed to us.
    prctl(PR_SET_DUMPABLE, 1)


def drop_groups() -> None:
    """Give up every supplementary group, as far as this process may."""
    with contextlib.suppress(PermissionError):
        os.setgroups([])


def lock_capabilities() -> None:
    """See to it that no program started from here can gain a capability."""
    for capability in range(_CAPABILITIES):
        with contextlib.suppress(OSError):
            prctl(PR_CAPBSET_DROP, capability)
    with contextlib.suppress(OSError):
        prctl(PR_SET_SECUREBITS, _LOCKED_BITS)


def drop_capabilities() -> None:
    """Give up every capability this process has."""
    header = struct.pack("Ii", _CAPSET_VERSION, 0)
    syscall("capset", header, bytes(24))


def others_can_read_python() -> bool:
    """Tell whether a user who owns nothing could import from this Python's folders."""
    places = {Path(place).resolve() for place in (sys.prefix, sys.base_prefix, *sys.path) if place}
    folders = {folder for place in places if place.exists() for folder in (place, *place.parents)}
    return all(folder.stat().st_mode & 0o001 for folder in folders if folder.is_dir())
