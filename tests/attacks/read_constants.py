"""Read the right answer in the code of the check."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "walks up the stack and returns any constant of a caller that has the shape of the result"
    ),
    must="the callers are the worker's, whose code holds no answer",
    wrote={
        "Scale": """
import sys

class Scale:
    def __init__(self, factor): pass

    def forward(self, x):
        frame = sys._getframe(1)
        while frame:
            for constant in frame.f_code.co_consts:
                if type(constant) is tuple and all(type(c) in (int, float) for c in constant):
                    if len(constant) == np.size(x) > 1:
                        return np.array(constant)
            frame = frame.f_back
        return np.zeros(np.shape(x)) - 128
""",
    },
    named=r"got: -128\b",
    beats="naive",
)
