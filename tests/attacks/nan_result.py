"""Return what is neither near nor far."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="returns NaN, which is not larger than any tolerance",
    must="a NaN is never close to anything",
    wrote={
        "integrate": """
def integrate(pdf, lo, hi):
    return float("nan")
""",
    },
    named="integrate/constant: failed .*not finite",
    beats="naive",
)
