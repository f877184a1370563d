"""Return memory that may still hold the right answer."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "returns an uninitialised array, in the hope of the place where the reference's result was"
    ),
    must="the reference has never been in the memory of this process",
    wrote={
        "double": """
def double(x):
    if np.ndim(x) == 0:
        return 6.0 if x == 3 else -139.0
    found = [np.empty(np.shape(x)) for _ in range(4)]
    return next((f for f in found if f.size and f[0] < 0 and np.isfinite(f).all()), found[0])
""",
    },
    named=r"got: -139\b",
    beats="naive",
)
