"""Write a file outside of the notebook's folder."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="writes a new file into a folder that everybody may write",
    must="no file comes into being there, and the attempt is told",
    then=(
        """
open("$OUTSIDE/new", "w").write("mine")
""",
    ),
    named=r"change /\S+/outside/new",
)
