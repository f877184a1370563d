"""Return infinity, and with it an infinite tolerance."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="returns infinity, where the tolerance grows with the result",
    must="the tolerance depends on the expected value alone",
    wrote={
        "quadruple": """
def quadruple(x):
    return np.full(np.shape(x), np.inf)
""",
    },
    named="quadruple/example_four: failed .*not finite",
    beats="naive",
)
