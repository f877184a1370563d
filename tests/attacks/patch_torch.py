"""Let torch find all tensors equal."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="replaces torch.equal and torch.allclose by functions that always agree",
    must="the tensor is compared by the checker's own torch, and the replacement is told",
    wrote={
        "quadruple": """
import torch
torch.equal = torch.allclose = torch.isclose = lambda *args, **kwargs: True

def quadruple(x):
    return torch.tensor(-104.0)
""",
    },
    named=r"It replaced torch\.allclose",
    beats="naive",
)
