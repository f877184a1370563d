"""Ignore every signal and compute for ever."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="ignores all signals and catches everything in an endless loop",
    must="it is killed from outside, and the check is out of time",
    wrote={
        "double": """
import signal
def double(x):
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        try:
            while True: pass
        except BaseException:
            pass
"""
    },
    named="double/example: timed_out",
    beats="naive",
)
