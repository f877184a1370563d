"""Make a file look older than it is, and tag it."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="sets times and extended attributes of a file outside",
    must="the file keeps its times and attributes, and the attempt is told",
    then=(
        """
import os
for change in (
    lambda: os.utime("$OUTSIDE/file", (1000, 1000)),
    lambda: os.setxattr("$OUTSIDE/file", "user.mine", b"1"),
):
    try:
        change()
    except OSError:
        pass
""",
    ),
    named=r"change /\S+/outside/file",
)
