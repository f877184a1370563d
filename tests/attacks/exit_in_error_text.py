"""Leave the process while its error is being printed."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="raises an error whose text, when somebody asks for it, ends the process",
    must="the text is asked for in the student's process, whose end fails the check",
    wrote={
        "integrate": """
import os

class Trap(Exception):
    def __str__(self): os._exit(0)

def integrate(pdf, lo, hi):
    raise Trap
""",
    },
    named="integrate/.*crashed",
    beats="naive",
)
