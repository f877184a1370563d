"""Let the grader's own code in this process report what is wanted."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "replaces what marks a check, and makes the worker answer with an object of the checker's"
    ),
    must="the checker believes no answer that refers to its own side",
    wrote={
        "double": """
def double(x):
    return -119.0
""",
    },
    then=(
        """
import sys

def patch():
    for module in list(sys.modules.values()):
        if "_mark" in vars(module) and "CHECKS" in vars(module):
            module._mark = lambda *args: 2.0
    serving = sys.modules.get("grader.worker.serving")
    if serving is None:
        return
    from grader.wire.values import Reference
    honest = serving.Server._result

    def result(self, number, value):
        if type(value) is float and value == -119.0:
            return serving.messages.Result(number, Reference("checker", 1, "float")), []
        return honest(self, number, value)

    serving.Server._result = result

patch()
""",
    ),
    named="double/.*refers to the checker",
    beats="naive",
)
