"""An object that is equal to everything and answers every call with itself."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="returns an object whose comparisons are all true and whose differences are all zero",
    must="what is not a number or an array does not cross the wire, so nothing is compared",
    wrote={
        "double": """
class Anything:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    def __array__(self, *args, **kwargs): return np.asarray(np.nan)
    def __array_function__(self, *args, **kwargs): return True
    def __array_ufunc__(self, *args, **kwargs): return True
    def __getattr__(self, name): return lambda *args, **kwargs: self

def double(x):
    return Anything()
"""
    },
    named="double/example: failed [^|]*Anything",
    beats="naive",
)
