"""Look at everything the callers know."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="raises an error whose text holds the local variables of every function up the stack",
    must="the callers are the worker's, and they know no secret",
    wrote={
        "Scale": """
import sys

class Overheard(Exception): pass

class Scale:
    def __init__(self, factor): pass

    def forward(self, x):
        heard, frame = [], sys._getframe(1)
        while frame:
            heard += [v for v in frame.f_locals.values() if isinstance(v, str)]
            frame = frame.f_back
        raise Overheard(sorted(heard, key=len)[:40])
""",
    },
    named="Scale/[^|]*Overheard",
    beats="naive",
)
