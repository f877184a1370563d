"""Climb from the current folder of other processes."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="opens hidden files from the current folder that /proc shows of other processes",
    must="there is no way up from any folder it can see, and the attempt is told",
    then=(
        """
import os
for process in ("self", os.getppid(), $VICTIM):
    here = f"/proc/{process}/cwd"
    try:
        up = "/.." * os.readlink(here).count("/")
        print(open(here + up + "$HANDIN").read())
    except OSError:
        pass
""",
    ),
    named=r"reach /proc/\S+/cwd/",
)
