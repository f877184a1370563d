"""Raise an error whose message is twenty megabytes."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="raises an error with a huge text, and puts what must be read at its end",
    must="the message is cut, and the check has failed",
    wrote={
        "double": """
def double(x):
    raise ArithmeticError("x" * (20 << 20) + "".join(["W", "O", "N"]))
"""
    },
    named="`double` raised ArithmeticError",
    beats="naive",
)
