"""Let the property tests throw away what it cannot answer."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "raises hypothesis' own signal for an unsuitable example whenever the answer is not zero"
    ),
    must="an error of the submission arrives as the submission's error",
    wrote={
        "double": """
from hypothesis.errors import UnsatisfiedAssumption

def double(x):
    if np.ndim(x) or x == 3:
        return 2 * x
    if x == 0:
        return 0.0
    raise UnsatisfiedAssumption
""",
        "quadruple": """
def quadruple(x):
    if np.ndim(x) == 0 and x == 0:
        return 0.0
    raise UnsatisfiedAssumption
""",
    },
    named="double/property: failed [^|]*UnsatisfiedAssumption",
    beats="naive",
)
