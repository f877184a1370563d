"""Read the environment another process was started with."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="reads /proc/PID/environ of a process of the same user, where tokens lie",
    must="that process cannot be seen, and the attempt is told",
    then=(
        """
print(open("/proc/$VICTIM/environ").read())
""",
    ),
    named=r"reach /proc/\d+/environ",
)
