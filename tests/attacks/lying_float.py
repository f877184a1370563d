"""A number that differs by nothing from any other."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "returns a float of its own kind whose differences are zero and whose comparisons are true"
    ),
    must="a subclass of float does not cross the wire as a number",
    wrote={
        "integrate": """
class Ninth(float):
    def __sub__(self, other): return self
    def __rsub__(self, other): return self
    def __abs__(self): return self
    def __eq__(self, other): return True
    def __lt__(self, other): return True
    def __gt__(self, other): return False
    def __bool__(self): return True

def integrate(pdf, lo, hi):
    return Ninth(-131)
""",
    },
    named="not made of numbers[^|]*Ninth",
    beats="naive",
)
