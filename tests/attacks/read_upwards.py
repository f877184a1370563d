"""Climb to hidden files with dots."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="names the solution by a path that climbs out of the notebook's folder",
    must="the dots end at the worker's own root, and the attempt is told",
    then=(
        """
print(open("../" * 40 + "$SOLUTION".lstrip("/")).read())
""",
    ),
    named=r"reach (\.\./)+/?\S*solution\.py|reach (\.\./){20}",
)
