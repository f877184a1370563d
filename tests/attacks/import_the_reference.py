"""Look whether it is being graded, and by what."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="looks for a module of a grader among the loaded ones, and takes the reference from it",
    must="no module that the worker has loaded knows a solution",
    wrote={
        "integrate": """
import sys

def integrate(pdf, lo, hi):
    for module in list(sys.modules.values()):
        for name in ("REFERENCE", "reference", "SOLUTION", "solution"):
            right = vars(module).get(name)
            if hasattr(right, "integrate"):
                return right.integrate(pdf, lo, hi)
    return -123.0
""",
    },
    named=r"got: -123\b",
    beats="naive",
)
