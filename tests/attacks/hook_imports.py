"""Serve the checks a library of the student's own."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "puts a finder before all others that answers an import of pytest with a made-up module"
    ),
    must="the checker imports in another process",
    wrote={
        "double": """
import sys
from importlib.machinery import ModuleSpec

class Anything:
    __array_ufunc__ = None
    def __init__(self, *args, **kwargs): pass
    def __eq__(self, other): return True

class Finder:
    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name.split(".")[0] in ("pytest", "hypothesis") else None
    def create_module(self, spec): return None
    def exec_module(self, module):
        module.__path__ = []
        module.__getattr__ = lambda name: Anything

sys.meta_path.insert(0, Finder())
sys.modules.pop("pytest", None)

def double(x):
    return 2 * x if np.ndim(x) else -120.0
""",
    },
    named=r"got: -120\b",
    beats="naive",
)
