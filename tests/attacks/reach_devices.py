"""Reach the kernel's log, memory, disks and drivers through device files."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="opens device files, and makes nodes for those that are missing",
    must="no such device can be opened or made, and the attempt is told",
    then=(
        """
import os, stat
for name, number in (("mem", os.makedev(1, 1)), ("vda", os.makedev(254, 0))):
    try:
        os.mknod(name, stat.S_IFBLK | 0o600, number)
        os.close(os.open(name, os.O_RDONLY))
        $SAY
    except OSError:
        pass
for path in ("/dev/mem", "/proc/kcore", "/dev/vda", "/dev/kmsg", "/dev/fuse", "/dev/ptmx"):
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
        $SAY
    except OSError:
        pass
""",
    ),
    named="reach /dev/kmsg",
)
