"""Sleep for an hour in a checked function."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="waits for an hour before it answers",
    must="the check runs out of time, every other exercise keeps its points",
    wrote={
        "double": """
import time
def double(x):
    time.sleep(3600)
"""
    },
    named="double/example: timed_out",
    beats="naive",
)
