"""Cut the line on which results leave the notebook's process."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="closes every descriptor it has, the wire to the grader among them, and breaks json",
    must="the cell that did it is left out, and everything else is graded",
    first=(
        """
import json, os
json.dumps = None
for entry in os.listdir("/proc/self/fd"):
    try: link = os.readlink("/proc/self/fd/" + entry)
    except OSError: continue
    if link.startswith("socket:"): os.close(int(entry))
""",
    ),
    named="cell 1: This cell ended the process it ran in.*the worker is gone",
    beats="naive",
)
