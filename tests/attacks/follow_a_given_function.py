"""Keep a function of the grader's, and follow it to what lies behind it."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="looks behind the function it is given, and calls it later by the number it has kept",
    must="behind it is a question on the wire; a number kept from another fork is worth nothing",
    wrote={
        "integrate": """
import os, sys
def integrate(pdf, lo, hi):
    if not getattr(pdf, "__closure__", None):
        # Who gave it is near, and so is what errors are shown with there.
        sys._getframe(1).f_globals["sys"] = type("sys", (), {"excepthook": print})
        return 0.0
    cells = dict(zip(pdf.__code__.co_freevars, pdf.__closure__))
    number, server = cells["function"].cell_contents, cells["self"].cell_contents
    if os.path.exists("kept"):
        number = int(open("kept").read())
    else:
        with open("kept", "w") as file: file.write(str(number))
    x = np.linspace(lo, hi, 101)
    return float(np.mean(server._stand_in(number)(x))) * (hi - lo)
"""
    },
    named="integrate/.*crashed.*a callback that was never offered",
    beats="naive",
)
