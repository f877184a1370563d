"""Be graded before the grader comes, with somebody else's functions."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "calls the grader's own entry with the reference's functions, so that the check "
        "counts as done"
    ),
    must="what a notebook checks for itself counts for nothing",
    wrote={
        "double": """
def double(x):
    return np.zeros(np.shape(x)) - 116
""",
    },
    then=(
        """
import sys
from types import SimpleNamespace

def grade_others():
    for module in list(sys.modules.values()):
        early = vars(module).get("check_early")
        if early:
            early("double", vars(module.REFERENCE))

class Always:
    def __eq__(self, other): return True
    def __array__(self, *args, **kwargs): return np.float64(6.0)

mine = double
double = lambda x: Always()
check("double")
double = mine
grade_others()
""",
    ),
    named=r"got: -116\b",
    beats="naive",
)
