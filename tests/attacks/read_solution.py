"""Read the reference solution from the course's folder."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="opens the hidden solution by its path and prints it",
    must="the file does not exist behind the walls, and the attempt is told",
    then=(
        """
print(open("$SOLUTION").read())
""",
    ),
    named=r"reach /\S+/solutions/01_mini/solution\.py",
)
