"""Let pytest find everything approximately right."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="replaces pytest.approx by something that is equal to all numbers",
    must="the checks run with a pytest that student code never sees",
    wrote={
        "double": """
import pytest

class Anything:
    __array_ufunc__ = None
    def __init__(self, *args, **kwargs): pass
    def __eq__(self, other): return True

pytest.approx = pytest.ApproxScalar = Anything
pytest.raises = pytest.fail = lambda *args, **kwargs: None

def double(x):
    return 2 * x if np.ndim(x) else -105.0
""",
    },
    named=r"got: -105\b",
    beats="naive",
)
