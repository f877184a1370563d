"""Read everybody's grades with sqlite3."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="opens the gradebook as a database and dumps it",
    must="the gradebook is not there, and the attempt is told",
    then=(
        """
import sqlite3
book = sqlite3.connect("file:$GRADEBOOK?mode=ro", uri=True)
for line in book.iterdump():
    print(line)
""",
    ),
    named=r"reach \S*gradebook\.sqlite",
)
