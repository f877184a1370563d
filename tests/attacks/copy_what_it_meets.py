"""An object that becomes whatever it is compared with."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "returns an object that, asked for its numbers, finds those of the other side in the caller"
    ),
    must="an object is not asked for numbers; it does not cross the wire",
    wrote={
        "double": """
import sys

class Mirror:
    def __array__(self, *args, **kwargs):
        frame = sys._getframe(1)
        while frame:
            if isinstance(frame.f_locals.get("b"), np.ndarray):
                return frame.f_locals["b"]
            frame = frame.f_back
        return np.zeros(7)
    def sum(self): return 0

def double(x):
    return 6.0 if np.ndim(x) == 0 and x == 3 else Mirror()
""",
    },
    named="not made of numbers[^|]*Mirror",
    beats="naive",
)
