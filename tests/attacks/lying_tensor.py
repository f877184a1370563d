"""A tensor whose comparisons all come out right."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="returns a subclass of torch.Tensor that answers torch.allclose with True",
    must="only its plain numbers cross the wire",
    wrote={
        "quadruple": """
import torch

class Right(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function in (torch.allclose, torch.equal, torch.isclose):
            return True
        return super().__torch_function__(function, types, args, kwargs or {})

def quadruple(x):
    return torch.tensor(-130.0).as_subclass(Right)
""",
    },
    named=r"got: -130\b",
    beats="naive",
)
