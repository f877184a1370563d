"""Landlock: the kernel's own list of what a process may touch, given up for good.

See `man 7 landlock`. What a kernel does not know yet (its ABI number tells) is not asked for.
"""

import contextlib
import os
import stat
import struct
from collections.abc import Iterable

from grader.sandbox.kernel import syscall

EXECUTE = 1 << 0
WRITE_FILE = 1 << 1
READ_FILE = 1 << 2
READ_DIR = 1 << 3
MAKE_CHAR = 1 << 6
MAKE_BLOCK = 1 << 11
TRUNCATE = 1 << 14
IOCTL_DEV = 1 << 15
# How many kinds of access to files each ABI knows, from ABI 1.
FILE_ACCESSES = (13, 14, 15, 15, 16)
NETWORK_ABI = 4
TCP = 0b11
SCOPE_ABI = 6
ABSTRACT_SOCKETS_AND_SIGNALS = 0b11
SIZES = {1: 8, NETWORK_ABI: 16, SCOPE_ABI: 24}

READ = READ_FILE | READ_DIR | EXECUTE
DEVICE = READ_FILE | WRITE_FILE | IOCTL_DEV
# Rights that mean something for a single file; the kernel refuses the others there.
FILE_ONLY = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

_VERSION = 1
_PATH_BENEATH = 1


def landlock_abi() -> int:
    """Return the kernel's Landlock ABI, 0 where there is none."""
    try:
        return syscall("landlock_create_ruleset", None, 0, _VERSION)
    except OSError:
        return 0


def restrict_files(
    read: Iterable[str], write: Iterable[str], devices: Iterable[str], abi: int
) -> None:
    """Let this process touch only these paths, no TCP port, and no process outside.

    `read` and everything below may be read and executed, `write` also written, `devices` read,
    written and controlled; paths that do not exist are passed over. `abi` is what
    `landlock_abi` said. Raises `OSError` where Landlock is not to be had.
    """
    known = (1 << FILE_ACCESSES[min(abi, len(FILE_ACCESSES)) - 1]) - 1 if abi else 0
    network = TCP if abi >= NETWORK_ABI else 0
    scope = ABSTRACT_SOCKETS_AND_SIGNALS if abi >= SCOPE_ABI else 0
    size = max(size for least, size in SIZES.items() if least <= max(abi, 1))
    rules = struct.pack("QQQ", known, network, scope)[:size]
    ruleset = syscall("landlock_create_ruleset", rules, size, 0)
    try:
        everything = known & ~(MAKE_CHAR | MAKE_BLOCK | IOCTL_DEV)
        for rights, paths in ((READ, read), (everything, write), (DEVICE, devices)):
            for path in paths:
                with contextlib.suppress(FileNotFoundError, PermissionError):
                    _allow(ruleset, path, rights & known)
        syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= FILE_ONLY
        rule = struct.pack("=Qi", rights, place)
        syscall("landlock_add_rule", ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(place)
