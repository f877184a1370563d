"""Look for secrets in its own environment and its parents'."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="prints its environment, as it is and as it was at the start, and its parents'",
    must="the environment holds nothing, and looking at others' is told",
    then=(
        """
import os, sys
print(os.environ, sys.argv)
for process in ("self", os.getppid()):
    for file in ("environ", "cmdline"):
        try:
            print(open(f"/proc/{process}/{file}").read())
        except OSError:
            pass
""",
    ),
    named="reach /proc/self/environ",
    beats="naive",
)
