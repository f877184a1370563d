"""Let the results be written as the student wants them."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="replaces json.dumps by a function that gives full points to whoever is graded",
    must="the student's process writes no result, whatever its json does",
    wrote={
        "integrate": """
import json
honest = json.dumps

def dumps(thing, *args, **kwargs):
    if isinstance(thing, dict) and "points" in thing:
        thing["points"] = dict.fromkeys(thing["points"], 2.0)
    return honest(thing, *args, **kwargs)

json.dumps = dumps

def integrate(pdf, lo, hi):
    return -107.0
""",
    },
    named=r"got: -107\b",
    beats="naive",
)
