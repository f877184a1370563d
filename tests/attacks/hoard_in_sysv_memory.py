"""Take shared memory that stays when its processes are gone."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="makes a segment of System V shared memory",
    must="no segment can be made, and the attempt is told",
    then=(
        """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
segment = libc.shmget(0, 50 << 20, 0o1600)
if segment >= 0:
    libc.shmctl(segment, 0, None)
    $SAY
""",
    ),
    named="call shmget of the C library",
)
