"""How to get stronger walls on this machine, where one setting stands in the way."""

from collections.abc import Iterator
from pathlib import Path

from grader.model import Isolation, Level
from grader.sandbox.landlock import landlock_abi

# A setting of the kernel, the value that forbids namespaces, and the command that allows them.
SETTINGS = (
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
    ("kernel/unprivileged_userns_clone", "0", "1"),
    ("user/max_user_namespaces", "0", "10000"),
)
CONTAINERS = ("/.dockerenv", "/run/.containerenv")


def advice(isolation: Isolation) -> Iterator[str]:
    """Yield what stands between this machine and the level `full`, and what to do about it."""
    if isolation.level is Level.full:
        return
    yield from (f"not obtained: {refused}" for refused in isolation.refused)
    for name, forbids, allows in SETTINGS:
        file = Path("/proc/sys", name)
        if file.exists() and file.read_text().strip() == forbids:
            yield f"to allow namespaces: sudo sysctl {name.replace('/', '.')}={allows}"
    if any(Path(mark).exists() for mark in CONTAINERS):
        yield (
            "in a container, namespaces need: "
            "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
        )
    if not landlock_abi():
        yield "this kernel has no Landlock: it needs Linux 5.13 and lsm=landlock,… at boot"
