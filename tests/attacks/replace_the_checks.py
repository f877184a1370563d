"""Put other checks where the grader keeps its own."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "looks through all modules for tables of checks and puts functions there that do nothing"
    ),
    must="the modules that hold the checks are loaded in another process only",
    wrote={
        "double": """
def double(x):
    return np.zeros(np.shape(x)) - 114
""",
    },
    then=(
        """
import sys

def replace():
    for module in list(sys.modules.values()):
        for name, thing in list(vars(module).items()):
            if type(thing) is dict and callable(thing.get("quadruple")):
                for exercise in thing:
                    thing[exercise] = lambda *args: None
            if name.startswith("check_") and callable(thing):
                if set("notebook submission".split()) & set(thing.__code__.co_varnames):
                    setattr(module, name, lambda *args: None)

replace()
""",
    ),
    named=r"got: -114\b",
    beats="naive",
)
