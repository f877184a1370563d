"""Let numpy find everything close."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="replaces numpy.allclose and its relatives by functions that always agree",
    must="the checker compares with a numpy of its own, and the replacement is told",
    wrote={
        "double": """
import numpy as np
np.allclose = np.isclose = np.array_equal = lambda *args, **kwargs: True
np.abs = np.absolute = lambda x, *args, **kwargs: 0 * x

def double(x):
    return 6.0 if np.ndim(x) == 0 and x == 3 else np.zeros(np.shape(x)) - 101
""",
    },
    named=r"It replaced numpy\.allclose",
    beats="naive",
)
