"""Answer with what the reference answers."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="walks up the stack to a reference solution and returns what it returns",
    must="the stack ends in the worker, which has never seen the reference",
    wrote={
        "double": """
import sys

def double(x):
    frame = sys._getframe()
    while frame:
        for thing in frame.f_locals.values():
            right = getattr(thing, "double", None)
            if callable(right) and right is not double:
                return right(x)
        frame = frame.f_back
    return np.zeros(np.shape(x)) - 121
""",
    },
    named=r"got: -121\b",
    beats="naive",
)
