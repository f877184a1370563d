"""Never finish printing its error."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="raises an error whose text is never ready",
    must="the time of the check covers the text of its error",
    wrote={
        "integrate": """
class Trap(Exception):
    def __str__(self):
        while True: pass

def integrate(pdf, lo, hi):
    raise Trap
""",
    },
    named="integrate/constant: timed_out",
    beats="naive",
)
