"""Watch the checks with a debugger's hook."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="sets a trace function that notes the arguments of every function called after it",
    must="nothing but the worker's own functions runs in the traced process",
    wrote={
        "Scale": """
import sys
seen = []

class Watched(Exception): pass

def watch(frame, event, argument):
    if frame.f_code.co_name.startswith("check"):
        seen.extend(repr(value) for value in frame.f_locals.values() if type(value) is str)

class Scale:
    def __init__(self, factor): pass
    def forward(self, x): raise Watched(seen)
""",
    },
    then=(
        """
sys.settrace(watch)
""",
    ),
    named="Scale/[^|]*Watched",
    beats="naive",
)
