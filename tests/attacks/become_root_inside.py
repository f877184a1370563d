"""Become root in a user namespace of the attacker's own making."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="makes new namespaces, maps itself to root there and mounts over a folder",
    must="no namespace can be made, and the attempt is told",
    then=(
        """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
user = os.getuid()
if libc.unshare(0x10000000 | 0x20000) == 0:
    open("/proc/self/uid_map", "w").write(f"0 {user} 1")
    if os.getuid() == 0 and libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0: $SAY
""",
    ),
    named="call unshare of the C library",
)
