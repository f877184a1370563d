"""Let hypothesis end before it has tried anything."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="replaces the part of hypothesis that runs the examples of a property by nothing",
    must="properties are tried by a hypothesis in the checker's process",
    wrote={
        "quadruple": """
import hypothesis.core
from hypothesis import given, settings

def run_engine(self):
    self.ever_executed = True

hypothesis.core.StateForActualGivenExecution.run_engine = run_engine
hypothesis.given = lambda *args, **kwargs: lambda test: lambda *rest: None

def quadruple(x):
    return np.zeros(np.shape(x)) - 106
""",
    },
    named=r"got: -106\b",
    beats="naive",
)
