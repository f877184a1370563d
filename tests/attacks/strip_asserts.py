"""Take the assertions out of the checks."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "compiles the checks anew without their assert statements, and does so to cells yet to come"
    ),
    must="no check is compiled or run in the student's process",
    wrote={
        "double": """
def double(x):
    return np.zeros(np.shape(x)) - 117
""",
    },
    then=(
        """
import ast, contextlib, inspect, sys

class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)

def strip(function):
    tree = Strip().visit(ast.parse(inspect.getsource(function)))
    made = {}
    exec(compile(tree, "stripped", "exec"), function.__globals__, made)
    function.__code__ = made[function.__name__].__code__

if "get_ipython" in globals():
    get_ipython().ast_transformers.append(Strip())
for module in list(sys.modules.values()):
    for name, thing in list(vars(module).items()):
        if name.startswith("check_") and inspect.isfunction(thing):
            with contextlib.suppress(Exception):
                strip(thing)
""",
    ),
    named=r"got: -117\b",
    beats="naive",
)
