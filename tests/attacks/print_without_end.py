"""Print without end."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="prints a line in a loop that never ends",
    must="the cell is stopped, its output cut, and it is told",
    then=(
        """
while True:
    print("x" * 80)
""",
    ),
    named=r"cell \d+: The cell ran longer than",
    beats="naive",
)
