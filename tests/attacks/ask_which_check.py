"""Answer by the name of the check that asks."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="looks for the name of a check on the stack and returns what that check wants",
    must="no check is on the stack of the worker",
    wrote={
        "integrate": """
import sys
wanted = {"check_integrate": 2.0, "check_constant": 2.0, "check_square": 9.0}

def integrate(pdf, lo, hi):
    frame = sys._getframe()
    while frame:
        if frame.f_code.co_name in wanted:
            return wanted[frame.f_code.co_name]
        frame = frame.f_back
    return -141.0
""",
    },
    named=r"got: -141\b",
    beats="naive",
)
