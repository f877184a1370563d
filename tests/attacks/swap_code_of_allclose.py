"""Put other code into the functions numpy compares with."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="swaps the code inside numpy.allclose and what it calls, so that no name changes",
    must="the checker's numpy is another one, so the wrong values fail",
    wrote={
        "double": """
import numpy as np
from numpy._core import numeric
numeric.isclose = lambda *args, **kwargs: np.True_
agree = lambda a, b, rtol=0, atol=0, equal_nan=False: True
np.allclose._implementation.__code__ = agree.__code__

def double(x):
    return 6.0 if np.ndim(x) == 0 and x == 3 else np.zeros(np.shape(x)) - 103
""",
    },
    named=r"got: -103\b",
    beats="naive",
)
