"""Read whatever files the grader had open when it started this."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="lists its own descriptors and reads every file behind them from the beginning",
    must="the worker inherits no file of the grader's, and the attempt is told",
    then=(
        """
import os, stat
for number in os.listdir("/proc/self/fd"):
    try:
        if stat.S_ISREG(os.stat(int(number)).st_mode):
            print(open(f"/proc/self/fd/{number}", errors="replace").read(10000))
    except OSError:
        pass
""",
    ),
    named=r"reach /proc/self/fd/\d",
    beats="naive",
)
