"""Search every object of the interpreter for a secret."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="walks over all objects the collector knows and looks into each",
    must="none of them holds a secret, and the search is told",
    then=(
        """
import gc, re
def search():
    wanted = re.compile("CANARY[-]7f3a91")
    for thing in gc.get_objects():
        held = thing.values() if type(thing) is dict else thing
        if type(thing) in (dict, list, tuple):
            for value in list(held):
                if isinstance(value, str) and wanted.search(value):
                    print(value[:200])
search()
""",
    ),
    named=r"search the memory of its process \(gc\.get_objects\)",
    beats="naive",
)
