"""Know the public examples by heart."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="returns the result of the public example, whatever it is asked for",
    must="a hidden check asks for something else, and one core check is all points",
    wrote={
        "integrate": """
def integrate(pdf, lo, hi):
    return 2.0
""",
    },
    named=r"integrate/square: failed[^/]*got: 2\b",
    beats="naive",
)
