"""Wait for somebody to type something."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="asks for input where nobody can answer, from a pipe that never ends",
    must="the question is refused at once, and the check says so",
    wrote={
        "double": """
import os, sys
read, write = os.pipe()
sys.stdin = os.fdopen(read)
def double(x):
    return float(input("How much? "))
"""
    },
    named=r"input\(\) has nobody to ask",
    beats="naive",
)
