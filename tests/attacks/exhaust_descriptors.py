"""Open files until the grader itself can open no more."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="opens descriptors in a checked function and keeps all of them",
    must="only the process of that check runs out, every other exercise keeps its points",
    wrote={
        "double": """
import os
def double(x):
    while True:
        os.open("/dev/null", os.O_RDONLY)
"""
    },
    named="Too many open files",
    beats="naive",
)
