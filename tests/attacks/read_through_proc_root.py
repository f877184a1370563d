"""Reach hidden files through the root that /proc shows."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="opens the solution below /proc/self/root, and below that of every process it sees",
    must="every such root is the worker's own, and the attempt is told",
    then=(
        """
import os
for process in ("self", "1", os.getppid(), $VICTIM):
    try:
        print(open(f"/proc/{process}/root$SOLUTION").read())
    except OSError:
        pass
""",
    ),
    named=r"reach /proc/\d+/root/",
)
