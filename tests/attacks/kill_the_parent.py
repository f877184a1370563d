"""End whoever started this process."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="sends SIGTERM to its parent and the parent's group",
    must="no process of the grader gets the signal, and the attempt is told",
    then=(
        """
import os
for end in (lambda: os.kill(os.getppid(), 15), lambda: os.killpg(os.getpgid(os.getppid()), 15)):
    try:
        end()
    except OSError:
        pass
""",
    ),
    named=r"send signal 15 to (process|group) \d",
    beats="naive",
)
