"""Leave messages in a queue that outlives its processes."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="makes a POSIX message queue that any later process could read",
    must="no queue can be made, and the attempt is told",
    then=(
        """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.mq_open(b"/attacked", 0o102, 0o600, None) >= 0:
    libc.mq_unlink(b"/attacked")
    $SAY
""",
    ),
    named="call mq_open of the C library",
)
