"""Make so many files that the disk has no room for names."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="makes forty thousand empty files in a checked function",
    must="it is stopped long before, and it is told",
    wrote={
        "double": """
import os
def double(x):
    for number in range(40_000):
        os.close(os.open(str(number), os.O_CREAT | os.O_WRONLY))
    $SAY
    return x
"""
    },
    named="No space left on device|double/example: timed_out|more than 20000 files",
    beats="naive",
)
