"""An array whose comparisons all come out right."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="returns a subclass of numpy.ndarray that answers every function of numpy with True",
    must="only its plain numbers cross the wire",
    wrote={
        "double": """
class Right(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs): return np.True_
    def __array_function__(self, function, types, args, kwargs): return True
    def __eq__(self, other): return True
    def sum(self, *args, **kwargs): return 0

def double(x):
    return 6.0 if np.ndim(x) == 0 and x == 3 else np.full(np.shape(x), -129.0).view(Right)
""",
    },
    named=r"got: -129\b",
    beats="naive",
)
