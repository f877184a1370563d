"""Find the hidden check among all objects and swap its code."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="asks the collector for every function that looks like a check and empties its body",
    must="no check lives in the student's process, and the search is told",
    wrote={
        "double": """
import gc
from types import FunctionType

def swap():
    for thing in gc.get_objects():
        if type(thing) is FunctionType and thing.__name__ in ("check_double", "check_property"):
            thing.__code__ = (lambda *args, **kwargs: None).__code__

def double(x):
    swap()
    return np.zeros(np.shape(x)) - 118
""",
    },
    then=(
        """
swap()
""",
    ),
    named=r"gc\.get_objects",
    beats="naive",
)
