"""Start threads until the machine has no more."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="starts four hundred threads that stay, whatever is refused",
    must="the kernel stops it at the limit of processes, and it is told",
    then=(
        """
import threading, time
threads = 0
for _ in range(400):
    try:
        threading.Thread(target=time.sleep, args=(1,), daemon=True).start()
        threads += 1
    except RuntimeError:
        pass
if threads > 60: $SAY
""",
    ),
    named="start more than 300 threads",
    beats="naive",
)
