"""Change the input, and with it what is expected."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="fills the checker's array with zeros and returns it, so that zero is the right answer",
    must="the submission gets a copy; the checker's array stays as it was",
    wrote={
        "double": """
def double(x):
    if np.ndim(x) == 0:
        return 6.0 if x == 3 else -138.0
    x[...] = 0
    return x
""",
    },
    named=r"got: -138\b",
    beats="naive",
)
