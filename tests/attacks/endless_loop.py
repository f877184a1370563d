"""Never come back from one answer."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="loops for ever inside a checked function",
    must="the check is out of time, every other exercise keeps its points",
    wrote={
        "quadruple": """
def quadruple(x):
    while True: pass
""",
    },
    named="quadruple/example_four: timed_out",
    beats="naive",
)
