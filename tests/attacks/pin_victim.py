"""Bind another process to a single processor."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="sets the processors that a process of the same user may run on",
    must="that process keeps its processors, and the attempt is told",
    then=(
        """
import os
os.sched_setaffinity($VICTIM, {0})
""",
    ),
    named=r"call os\.sched_setaffinity",
)
