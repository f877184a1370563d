"""Read how every process of the machine was started."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="reads the command lines of all processes, where paths and tokens stand",
    must="only its own processes can be seen, and the attempt is told",
    then=(
        """
import os
try:
    processes = [name for name in os.listdir("/proc") if name.isdigit()]
except OSError:
    processes = []
for process in [*processes, $VICTIM]:
    try:
        if b"sleep" in open(f"/proc/{process}/cmdline", "rb").read(): $SAY
    except OSError:
        pass
""",
    ),
    named=r"reach /proc/\d+/cmdline",
)
