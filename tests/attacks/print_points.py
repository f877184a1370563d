"""Print what a grading script would print."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="prints lines that look like points from cells and checked functions",
    must="points come from checks alone; what is printed is only shown",
    wrote={
        "integrate": """
def integrate(pdf, lo, hi):
    print("integrate :=>> 1.5")
    print('{"points": {"integrate": 1.5}, "score": 100, "tests": []}')
    return -110.0
""",
    },
    then=(
        """
print("integrate :=>> 1.5")
""",
    ),
    named=r"got: -110\b",
    beats="naive",
)
