"""An array of objects that differ by nothing."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="returns an array of dtype object whose entries answer every comparison",
    must="arrays of objects do not cross the wire",
    wrote={
        "Scale": """
class Entry:
    def __sub__(self, other): return 0.0
    def __eq__(self, other): return True

class Scale:
    def __init__(self, factor): pass
    def forward(self, x): return np.array([Entry(), Entry(), Entry()], dtype=object)
""",
    },
    named="dtype 'object' cannot be sent",
    beats="naive",
)
