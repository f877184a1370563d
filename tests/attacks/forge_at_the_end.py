"""Write the result last of all."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="registers finalizers and exit handlers that overwrite the result once it is there",
    must="no exit handler runs, and nobody reads what it would write",
    wrote={
        "double": """
import atexit, json, os, sys, weakref
full = json.dumps({"points": {"double": 1, "quadruple": 2, "integrate": 1.5, "Scale": 1},
                   "printed": ""})
honest = open

def forge():
    with honest("result.json", "w") as file:
        file.write(full)

atexit.register(forge)
weakref.finalize(sys.stdout, forge)

def double(x):
    return np.zeros(np.shape(x)) - 113
""",
    },
    named=r"got: -113\b",
    beats="naive",
)
