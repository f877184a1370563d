"""End another process of the same user."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="sends SIGTERM and SIGKILL to a process outside, by its number",
    must="the process lives, and the attempt is told",
    then=(
        """
import os, signal
for number in (signal.SIGTERM, signal.SIGKILL):
    try:
        os.kill($VICTIM, number)
    except OSError:
        pass
""",
    ),
    named=r"send signal (15|9|Signals.SIG\w+) to process \d+",
)
