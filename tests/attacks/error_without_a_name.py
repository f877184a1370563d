"""Raise an error whose class cannot be named."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="gives its error a class that ends the process when asked for its name",
    must="the name is asked for in the student's process, whose end fails the check",
    wrote={
        "integrate": """
import os

class Nameless(type):
    @property
    def __name__(cls): raise KeyboardInterrupt
    @property
    def __module__(cls): os._exit(0)

class Trap(Exception, metaclass=Nameless): pass

def integrate(pdf, lo, hi):
    raise Trap
""",
    },
    named="integrate/.*crashed",
    beats="naive",
)
