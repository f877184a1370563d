"""Return what crashes whoever looks into it."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "returns lists and iterators nested a million deep, which end a process that walks them"
    ),
    must="an iterator is not walked, and a list only as deep as lists may be",
    wrote={
        "integrate": """
def integrate(pdf, lo, hi):
    deep = []
    for _ in range(10_000):
        deep = [deep]
    return deep
""",
        "Scale": """
class Scale:
    def __init__(self, factor): pass

    def forward(self, x):
        deep = iter(np.asarray([x]).ravel())
        for _ in range(1_000_000):
            deep = map(abs, deep)
        return deep
""",
    },
    named="not made of numbers[^|]*map",
    beats="naive",
)
