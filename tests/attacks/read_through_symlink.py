"""Reach a hidden file through a symbolic link in the own folder."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="makes a link to the solution in its folder and reads the link",
    must="the link leads nowhere, and making it is told",
    then=(
        """
import os
os.symlink("$SOLUTION", "notes.txt")
print(open("notes.txt").read())
""",
    ),
    named=r"reach /\S+/solution\.py",
)
