"""Attach to another process as a debugger does."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="calls ptrace on a process of the same user",
    must="the process is not seen and the call refused; the attempt is told",
    then=(
        """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if libc.ptrace(0x4206, $VICTIM, None, None) == 0: $SAY
""",
    ),
    named="call ptrace of the C library",
)
