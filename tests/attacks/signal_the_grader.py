"""Send a signal to the grader, whose number it has guessed."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="sends SIGTERM to the grader itself",
    must="the grader gets no signal, and the attempt is told",
    then=(
        """
import os
os.kill($GRADER, 15)
""",
    ),
    named=r"send signal 15 to process 1\b",
)
