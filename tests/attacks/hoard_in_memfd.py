"""Take memory as files in memory, which no process's size shows."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="makes files in memory and fills them with a gigabyte",
    must="no such file can be made, and the attempt is told",
    then=(
        """
import os
for number in range(20):
    file = os.memfd_create(str(number))
    for _ in range(15):
        os.write(file, b"x" * (1 << 20))
$SAY
""",
    ),
    named=r"call os\.memfd_create",
    beats="naive",
)
