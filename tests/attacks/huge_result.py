"""Return more numbers than anybody can hold."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="returns arrays that take eight bytes here and gigabytes in whoever computes with them",
    must="what is over the limit of the wire is not sent, what is below it has the wrong shape",
    wrote={
        "integrate": """
def integrate(pdf, lo, hi):
    return np.broadcast_to(2.0, (1_000_000_000,))
""",
        "quadruple": """
def quadruple(x):
    return np.broadcast_to(4.0 * np.sum(x), (30_000_000,))
""",
    },
    named="quadruple/.*(wrong shape|timed_out)",
    beats="naive",
)
