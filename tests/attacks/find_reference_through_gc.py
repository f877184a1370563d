"""Find the reference solution among all objects."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "asks the collector for functions of the exercise's name that are not its own, "
        "and calls them"
    ),
    must="there is no other such function in the process, and the search is told",
    wrote={
        "double": """
import gc
from types import FunctionType

def double(x):
    for thing in gc.get_objects():
        if type(thing) is FunctionType and thing.__name__ == "double":
            if thing.__globals__ is not globals():
                return thing(x)
    return np.zeros(np.shape(x)) - 122
""",
    },
    named=r"gc\.get_objects",
    beats="naive",
)
