"""Leave the grader without checks."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "empties every table of checks that any module holds, where what is not run "
        "counts as passed"
    ),
    must="the checks are in another process, and each of them is run",
    wrote={
        "double": """
def double(x):
    return np.zeros(np.shape(x)) - 115
""",
    },
    then=(
        """
import sys

def delete():
    for module in list(sys.modules.values()):
        for thing in list(vars(module).values()):
            if type(thing) is dict and callable(thing.get("quadruple")):
                thing.clear()

delete()
""",
    ),
    named=r"got: -115\b",
    beats="naive",
)
