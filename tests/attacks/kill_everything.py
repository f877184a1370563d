"""End every process at once."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="kills process -1, which means all that it may signal",
    must="nothing outside of its walls is hit, and the attempt is told",
    then=(
        """
import os
os.kill(-1, 9)
""",
    ),
    named="send signal 9 to process -1",
    beats="naive",
)
