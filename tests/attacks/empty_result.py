"""Return nothing to compare."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="returns a generator that ends at once, where entries are compared pair by pair",
    must="the shape is compared before the entries",
    wrote={
        "Scale": """
class Scale:
    def __init__(self, factor): pass
    def forward(self, x): return (entry for entry in ())
""",
    },
    named="Scale/array: failed [^|]*generator",
    beats="naive",
)
