"""What a worker may see of the machine's files: Python, its packages and the system's libraries."""

import glob
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]

# Programs, libraries, fonts and the clock's zone; nothing of /etc that says who works here.
SYSTEM = (
    "/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin",
    "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/mime.types", "/etc/alternatives",
    "/sys/devices/system/cpu",
)  # fmt: skip
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
# Behind these lies the driver; its tools find the cards through /sys. The nodes must be there
# already: the program that makes them needs rights that a worker has given up.
GPU_DEVICES = ("/dev/nvidia*", "/dev/nvidia-caps/*", "/dev/dri/render*")
GPU_SYSTEM = ("/sys", "/run/nvidia-persistenced")
# Of /proc, what says how large the machine is. Never another process's command line.
MACHINE = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems", "/proc/sys/vm")


@dataclass(frozen=True)
class View:
    """Paths a worker may read, and devices it may use; everything else does not exist for it."""

    read: tuple[str, ...]
    devices: tuple[str, ...] = DEVICES


def make_view(hidden: Sequence[Path], *, gpu: bool = False) -> View:
    """Return the view that runs student code and shows nothing at or below `hidden`.

    What Python itself imports from stays visible, even where it lies inside a hidden folder: a
    course with its virtual environment in it, say.
    """
    needed = [place for path in (sys.prefix, sys.base_prefix, *sys.path) for place in _needed(path)]
    closed = [path.resolve() for path in hidden]
    system = [path for place in SYSTEM for path in _without(Path(place), closed)]
    paths = [*system, *(path for place in needed for path in _without(place, closed))]
    read = sorted({str(path) for path in paths if os.path.lexists(path)})
    if not gpu:
        return View(tuple(_outermost(read)))
    nodes = [node for pattern in GPU_DEVICES for node in sorted(glob.glob(pattern))]
    return View(tuple(_outermost([*read, *GPU_SYSTEM])), (*DEVICES, *nodes))


def _needed(entry: str) -> Iterator[Path]:
    """Yield what of an entry of `sys.path` must be seen, by the name Python uses and the real one.

    The folder this package lies in is a whole repository, unless it was installed: then only the
    package is needed.
    """
    path = Path(entry)
    if not entry or not path.is_absolute():
        return
    installed = {"site-packages", "dist-packages"}.intersection(path.parts)
    wanted = path / PACKAGE.name if path.resolve() == PACKAGE.parent and not installed else path
    yield wanted
    if wanted.resolve() != wanted:
        yield wanted.resolve()


def _without(place: Path, closed: Iterable[Path]) -> Iterator[Path]:
    """Yield paths that together show all of `place` but nothing of `closed`."""
    inside = [path for path in closed if path.is_relative_to(place.resolve())]
    if not inside:
        yield place
    elif place.resolve() not in inside:
        for child in sorted(place.iterdir()):
            if not child.is_symlink():
                yield from _without(child, inside)


def _outermost(paths: Sequence[str]) -> list[str]:
    """Drop paths that another one already holds."""
    folders = {path for path in paths if not os.path.islink(path)}
    return [
        path for path in paths if not any(str(parent) in folders for parent in Path(path).parents)
    ]
