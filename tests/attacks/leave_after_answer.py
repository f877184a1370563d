"""Leave the process after one right answer."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="answers right once, then calls os._exit in the middle of a check",
    must="the check has crashed, every other exercise keeps its points",
    wrote={
        "double": """
import os
calls = []

def double(x):
    calls.append(x)
    if len(calls) > 2:
        os._exit(0)
    return 2 * x
""",
    },
    named="double/property: crashed",
    beats="naive",
)
