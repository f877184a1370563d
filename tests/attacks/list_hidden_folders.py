"""List the folders that hold solutions and hand-ins."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="lists the folders of hidden files and of hand-ins",
    must="neither folder can be listed, and the attempt is told",
    then=(
        """
import os
for folder in ("$BASE/course/solutions/01_mini", "$BASE/hand-ins"):
    try:
        if os.listdir(folder): $SAY
    except OSError:
        pass
""",
    ),
    named=r"reach /\S+/solutions/01_mini.*|reach /\S+/hand-ins\.",
)
