"""Write without end where the grader reads."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="writes to whatever the grader reads from, for as long as it can",
    must="the first bytes that are no frame end the check, and nobody reads the rest",
    wrote={
        "double": """
import os, stat
def double(x):
    for number in range(3, 128):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                while True: os.write(number, bytes(1 << 16))
        except OSError:
            pass
    while True:
        print("", end="")
"""
    },
    named="double/.*crashed.*not a frame",
    beats="naive",
)
