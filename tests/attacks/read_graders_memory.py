"""Read the grader's memory through /proc."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="reads /proc/PID/mem of the grader at the place where a secret lies",
    must="the grader's memory is closed to it, and the attempt is told",
    then=(
        """
with open("/proc/$GRADER/mem", "rb", 0) as memory:
    memory.seek($ADDRESS)
    print(memory.read(40))
""",
    ),
    named=r"reach /proc/\d+/mem",
    beats="naive",
)
