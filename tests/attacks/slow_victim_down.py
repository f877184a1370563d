"""Make another process wait behind all others."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="raises the nice value of a process of the same user",
    must="that process keeps its priority, and the attempt is told",
    then=(
        """
import os
os.setpriority(os.PRIO_PROCESS, $VICTIM, 7)
""",
    ),
    named=r"call os\.setpriority",
)
