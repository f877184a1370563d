"""Read the hand-in of somebody else."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="opens a classmate's notebook among the hand-ins",
    must="no hand-in but its own is there, and the attempt is told",
    then=(
        """
print(open("$HANDIN").read())
""",
    ),
    named=r"reach /\S+/hand-ins/classmate",
)
