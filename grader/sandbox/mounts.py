"""A file system of a worker's own: the view read-only, a sized scratch, nothing else.

Built in a new mount namespace and made the root with pivot_root, as bubblewrap does; the old root
is then let go, so that no path leads back.
"""

import os
import shutil
import struct
from pathlib import Path

from grader.sandbox.kernel import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWUTS,
    mount,
    syscall,
    unmount,
    unshare,
)
from grader.sandbox.users import INSIDE_ID
from grader.sandbox.view import View

READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC = 1, 2, 4, 8
BIND, RECURSIVE, PRIVATE = 0x1000, 0x4000, 1 << 18
DETACH = 2
AT_FDCWD = -100
AT_RECURSIVE = 0x8000
SAFE = NO_SUID | NO_DEVICES

# The new root is stacked on this folder, which nothing is shown from, and then replaces the old.
BASE = "/proc"
SCRATCH = "/tmp/notebook"  # noqa: S108 - the worker's own /tmp, empty and for nobody else
SHARED_BYTES = 64 << 20
MAX_FILES = 20_000
LINKS = {
    "/dev/fd": "/proc/self/fd",
    "/dev/stdin": "/proc/self/fd/0",
    "/dev/stdout": "/proc/self/fd/1",
    "/dev/stderr": "/proc/self/fd/2",
}


def own_root(view: View, given: str, scratch_bytes: int) -> None:
    """Replace this process's view of the machine; its folder is `SCRATCH`, a copy of `given`.

    Needs to be root of its user namespace and first in its process namespace. Raises `OSError`.
    """
    unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)
    os.umask(0o022)
    mount("none", "/", None, RECURSIVE | PRIVATE)
    files = sum(path.stat().st_size for path in Path(given).rglob("*") if path.is_file())
    sizes = {"/tmp": scratch_bytes + files, "/dev/shm": SHARED_BYTES}  # noqa: S108 - as above
    _tmpfs(BASE, 1 << 20, "0755")
    for place, size in sizes.items():
        os.makedirs(BASE + place)
        _tmpfs(BASE + place, size, "1777")
    for path in view.read:
        _show(path)
    _set(READ_ONLY | NO_SUID | NO_DEVICES, BASE, recursive=True)
    # Devices after that: a node shown there is of no use on a mount without devices.
    for place in sizes:
        _clear(READ_ONLY, BASE + place)
    _clear(READ_ONLY, BASE)
    for path in view.devices:
        _show(path)
    for path, target in LINKS.items():
        os.symlink(target, BASE + path)
    os.mkdir(BASE + BASE)
    _set(READ_ONLY, BASE)
    _fill(given, BASE + SCRATCH)
    mount("proc", BASE + BASE, "proc", SAFE | NO_EXEC)
    _pivot()


def _show(path: str) -> None:
    """Make a file, folder or link of the machine's appear at the same place under the base."""
    target = BASE + path
    if os.path.islink(path):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if not os.path.lexists(target):
            os.symlink(os.readlink(path), target)
    elif os.path.isdir(path):
        os.makedirs(target, exist_ok=True)
        mount(path, target, None, BIND | RECURSIVE)
    elif os.path.exists(path):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
        mount(path, target, None, BIND)


def _fill(given: str, scratch: str) -> None:
    shutil.copytree(given, scratch, copy_function=shutil.copyfile)
    give(scratch, INSIDE_ID)


def give(folder: str, owner: int) -> None:
    """Make `owner` the owner of a folder and everything in it."""
    for place, _, files in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in files)):
            os.chown(path, owner, owner, follow_symlinks=False)


def _pivot() -> None:
    """Make the base the root, and let go of the old root."""
    os.chdir(BASE)
    # Both the same: the old root is then stacked on the new one, and can be taken off.
    syscall("pivot_root", b".", b".")
    unmount(".", DETACH)
    os.chdir(SCRATCH)


def _tmpfs(place: str, size: int, mode: str) -> None:
    mount("tmpfs", place, "tmpfs", SAFE, f"size={size},nr_inodes={MAX_FILES},mode={mode}")


def _set(flags: int, place: str, *, recursive: bool = False) -> None:
    _change(flags, 0, place, AT_RECURSIVE if recursive else 0)


def _clear(flags: int, place: str) -> None:
    _change(0, flags, place, 0)


def _change(on: int, off: int, place: str, how: int) -> None:
    attributes = struct.pack("QQQQ", on, off, 0, 0)
    syscall("mount_setattr", AT_FDCWD, place.encode(), how, attributes, len(attributes))
