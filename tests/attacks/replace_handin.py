"""Put the own notebook in the place of a classmate's."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="writes a file beside a classmate's hand-in and renames it over that",
    must="the hand-in stays as it was, and the attempt is told",
    then=(
        """
import os
new = "$HANDIN.new"
for make in (lambda: open(new, "w").write("{}"), lambda: os.replace(new, "$HANDIN")):
    try:
        make()
    except OSError:
        pass
""",
    ),
    named=r"reach /\S+/hand-ins/",
)
