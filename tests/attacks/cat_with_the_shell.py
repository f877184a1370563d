"""Let a shell command read a hidden file."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="runs cat on the solution with an exclamation mark, as notebooks do",
    must="programs it starts are behind the same walls, and the command is told",
    then=(
        """
!cat $SOLUTION
""",
    ),
    named=r"reach /\S+/solution\.py",
)
