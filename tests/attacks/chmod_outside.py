"""Lock the grader out of its own folder."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="takes all rights from a folder outside",
    must="the folder keeps its rights, and the attempt is told",
    then=(
        """
import os
os.chmod("$OUTSIDE", 0o500)
""",
    ),
    named=r"change /\S+/outside\.",
)
