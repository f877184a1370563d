"""Let the kernel send the signal: a pipe whose owner is somebody else."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="makes another process the owner of a pipe, with SIGKILL as the signal of news on it",
    must="the process lives, and the attempt is told",
    then=(
        """
import fcntl, os
read, write = os.pipe()
fcntl.fcntl(read, fcntl.F_SETOWN, $VICTIM)
fcntl.fcntl(read, 10, 9)
fcntl.fcntl(read, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
os.write(write, b"x")
""",
    ),
    named=r"have signals sent to process \d+",
)
