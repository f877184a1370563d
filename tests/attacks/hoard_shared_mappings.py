"""Take memory as shared mappings, which no limit of one process counts."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="maps shared memory without a file and writes to all of it",
    must="the watchdog ends the process, and it is told",
    then=(
        """
import mmap, time
hoard = []
for _ in range(24):
    hoard.append(mmap.mmap(-1, 50 << 20))
    for start in range(0, 50 << 20, 1 << 20):
        hoard[-1].write(b"x" * (1 << 20))
    time.sleep(0.03)
time.sleep(0.3)
$SAY
""",
    ),
    named=r"its processes used \d+ MB together",
    beats="naive",
)
