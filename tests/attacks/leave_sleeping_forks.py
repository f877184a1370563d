"""Leave a crowd of sleeping processes behind."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "forks a hundred times from a checked function and lets the forks sleep, with answers"
        " that are right"
    ),
    must="there is room for fewer, and those end with the check",
    wrote={
        "double": """
import os, time

def double(x):
    for _ in range(100 if np.ndim(x) == 0 and x == 3 else 0):
        if not os.fork():
            try:
                open("/proc/self/comm", "wb", 0).write(b"stray")
            except OSError:
                pass
            time.sleep(60)
            os._exit(0)
    return 2 * x
""",
    },
    named=r"BlockingIOError|it ran \d+ processes at once|double/example: timed_out",
    beats="naive",
)
