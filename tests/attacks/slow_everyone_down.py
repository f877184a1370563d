"""Make all processes of the user wait behind others."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="raises the nice value of every process of its user, without naming one",
    must="no process outside is slowed down, and the attempt is told",
    then=(
        """
import os
os.setpriority(os.PRIO_USER, 0, 4)
""",
    ),
    named=r"call os\.setpriority",
)
