"""Let Python's own functions answer in the student's favour."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="replaces abs, all and isinstance by functions that find every result right",
    must="only the student's process is lied to, and the replacement is told",
    wrote={
        "integrate": """
import builtins

class Wrong:
    def __sub__(self, other): return self

honest = builtins.isinstance
builtins.isinstance = lambda thing, kind: type(thing) is Wrong or honest(thing, kind)
builtins.abs = lambda x: 0.0
builtins.all = lambda items: True

def integrate(pdf, lo, hi):
    return Wrong()
""",
    },
    named=r"It replaced builtins\.abs",
    beats="naive",
)
