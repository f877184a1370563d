"""Leave a thread behind that never lets others run."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="starts a thread in a checked function that keeps the interpreter for itself",
    must="the process of the check is thrown away, every other exercise keeps its points",
    wrote={
        "double": """
import sys, threading
def spin():
    while True: pass

def double(x):
    sys.setswitchinterval(1000)
    threading.Thread(target=spin, daemon=True).start()
    return 0
"""
    },
    named="double/example: timed_out",
    beats="naive",
)
