"""Take memory in many children, each below its limit."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="forks eight children that hold 150 megabytes each",
    must="the watchdog adds them up and ends them, and it is told",
    then=(
        """
import os, time
children = []
for _ in range(8):
    child = os.fork()
    if not child:
        hoard = bytearray(b"x") * (150 << 20)
        time.sleep(0.8)
        os._exit(7)
    children.append(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
if codes.count(7) > 4: $SAY
""",
    ),
    named=r"its processes used \d+ MB together",
    beats="naive",
)
