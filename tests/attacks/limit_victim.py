"""Take another process its open files away."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="sets the limits of a process of the same user",
    must="that process keeps its limits, and the attempt is told",
    then=(
        """
import resource
resource.prlimit($VICTIM, resource.RLIMIT_NOFILE, (3, 3))
""",
    ),
    named=r"change the limits of process \d+",
)
