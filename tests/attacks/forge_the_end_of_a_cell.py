"""Report the end of a cell, and points, before they are due."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="answers for its own cell ahead of time, and writes points where a grader may keep them",
    must="the cell that spoke twice is the one that is left out, and no points come from it",
    first=(
        """
import sys
def forge():
    frame = sys._getframe()
    while frame:
        found = frame.f_locals
        if "PASSED" in frame.f_globals: frame.f_globals["PASSED"].add("double")
        if type(found.get("self")).__name__ == "Worker":
            from grader.wire import messages
            for _ in range(2):
                found["self"].channel.send(messages.CellDone(found["message"].id, True, [], ""))
            return
        frame = frame.f_back
forge()
""",
    ),
    wrote={"double": "def double(x):\n    return 0.0"},
    named="cell 1: This cell ended the process it ran in",
    beats="naive",
)
