"""Change the points where they are being added up."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "walks up the stack to any table that has the exercises for keys, and fills in full points"
    ),
    must="points are kept in a process that student code has no frame of",
    wrote={
        "double": """
def double(x):
    return np.zeros(np.shape(x)) - 112
""",
        "Scale": """
import sys

class Scale:
    def __init__(self, factor):
        self.factor = factor

    def forward(self, x):
        frame = sys._getframe()
        while frame:
            for thing in list(frame.f_locals.values()):
                if type(thing) is dict and "integrate" in thing:
                    if not callable(thing["integrate"]):
                        thing.update(double=1.0, integrate=1.5)
            frame = frame.f_back
        return self.factor * np.asarray(x)
""",
    },
    deserves={"Scale": 1},
    named=r"got: -112\b",
    beats="naive",
)
