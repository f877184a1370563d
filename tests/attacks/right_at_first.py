"""Be right for as long as a few tests last."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="counts its calls, answers right the first few times and wrong ever after",
    must="a property asks many times",
    wrote={
        "double": """
calls = []

def double(x):
    calls.append(x)
    return 2 * x if len(calls) < 6 else np.zeros(np.shape(x)) - 140
""",
    },
    named=r"got: -140\b",
    beats="naive",
)
