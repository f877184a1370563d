"""Put a file into the machine's shared memory."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="writes a file below /dev/shm that other processes would find",
    must="the machine's shared memory stays as it was, and the attempt is told",
    then=(
        """
open("$SHM", "w").write("for the others")
""",
    ),
    named="change /dev/shm/",
)
