"""Leave by sys.exit after one right answer."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="answers right once, then raises SystemExit from the middle of a check",
    must="the check has failed, every other exercise keeps its points",
    wrote={
        "double": """
import sys
calls = []

def double(x):
    calls.append(x)
    if len(calls) > 2:
        sys.exit(0)
    return 2 * x
""",
    },
    named="double/property: failed .*SystemExit",
    beats="naive",
)
