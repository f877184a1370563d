"""Have a function of the grader's make a huge array, on the grader's side."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="calls the function it is given with a shape of a gigabyte, more than it may have itself",
    must="what the grader computes for a notebook has a limit too, and the notebook is told so",
    wrote={
        "integrate": """
import sys
def integrate(pdf, lo, hi):
    if "tests.attacks.naive" in sys.modules:
        kept = bytearray(1 << 30)
        $SAY
        return 0.0
    try:
        pdf(0.0, dtype="int8", shape=(1 << 30,))
    except Exception as error:
        # It was made, and then found too large to be sent.
        if "over the limit" in str(error): raise RuntimeError("".join(["W", "O", "N"]))
    return 0.0
"""
    },
    named="integrate/constant: (failed|crashed|timed_out)",
    beats="naive",
)
