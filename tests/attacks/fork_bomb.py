"""Start processes until the machine has no more."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="forks two hundred children that stay, whatever is refused",
    must="the kernel stops it at the limit of processes, and it is told",
    then=(
        """
import os, time
children = 0
for _ in range(200):
    try:
        if not os.fork():
            time.sleep(1.2)
            os._exit(0)
        children += 1
    except OSError:
        pass
if children > 60: $SAY
""",
    ),
    named=r"start more than 100 processes|it ran \d+ processes at once",
    beats="naive",
)
