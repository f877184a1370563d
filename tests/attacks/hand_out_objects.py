"""Hand out so many objects that whoever keeps them runs out of room."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="returns forty thousand objects at a time, each of which needs a reference",
    must="objects stay where they are; the check sees a list of objects and fails",
    wrote={
        "double": """
class Weight:
    def __init__(self): self.ballast = bytearray(1 << 18)
kept = []
def double(x):
    import sys
    if "grader.wire.channel" in sys.modules and "tests.attacks.naive" not in sys.modules:
        return [object() for _ in range(40_000)]
    while True:
        kept.append(object())
"""
    },
    named="double/.*failed .*not made of real numbers",
    beats="naive",
)
