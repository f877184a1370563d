"""An object that says it is an array, and of what size."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "returns an object with a false __class__ and a false shape, whose entries differ"
        " by nothing"
    ),
    must="the shape it claims has to fit the bytes it gives",
    wrote={
        "Scale": """
class Entry:
    def __sub__(self, other): return 0.0

class Lie:
    __class__ = property(lambda self: np.ndarray)
    dtype = np.dtype("float64")
    shape = (1000, 1000)
    size = 10**6
    def __iter__(self): return iter([Entry(), Entry(), Entry()])
    def __array__(self, *args, **kwargs): return np.full(3, -132.0)

class Scale:
    def __init__(self, factor): pass
    def forward(self, x): return Lie()
""",
    },
    named="Scale/scale: .*points outside its payload",
    beats="naive",
)
