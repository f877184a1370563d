"""Take an open file out of another process."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="copies a descriptor of another process by way of a pidfd",
    must="the process is not seen and the call refused; the attempt is told",
    then=(
        """
import ctypes, os
call = ctypes.CDLL(None, use_errno=True).syscall
try:
    process = os.pidfd_open($VICTIM)
    print(os.pread(call(438, process, 0, 0), 1000, 0))
except OSError:
    pass
""",
    ),
    named="call syscall of the C library",
)
