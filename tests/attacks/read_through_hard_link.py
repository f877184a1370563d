"""Give a hidden file a second name in the own folder."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="makes a hard link to the gradebook in folders it may write, and reads that",
    must="no link can be made to what is not there, and the attempt is told",
    then=(
        """
import os
for name in ("notes.txt", "$OUTSIDE/new"):
    try:
        os.link("$GRADEBOOK", name)
        print(open(name, errors="replace").read())
    except OSError:
        pass
""",
    ),
    named=r"reach /\S+/gradebook\.sqlite",
)
