"""Return a number that Python refuses to write down."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="returns, and raises, an integer of more digits than are allowed to be printed",
    must="numbers of so many digits do not cross the wire",
    wrote={
        "double": """
def double(x):
    return 10**4500
""",
    },
    then=(
        """
raise ValueError({10**4500})
""",
    ),
    named="double/example: failed [^|]*too many digits to be sent",
    beats="naive",
)
