"""Return tensors of which numpy makes no array."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries=(
        "returns a list of tensors that want a gradient, and a NaN of a kind numpy does not know"
    ),
    must="they are numbers like any others to the checker, and wrong ones",
    wrote={
        "double": """
import torch

def double(x):
    return [torch.tensor(-154.0, requires_grad=True)]
""",
        "integrate": """
def integrate(pdf, lo, hi):
    return torch.tensor(float("nan"), dtype=torch.bfloat16, requires_grad=True)
""",
    },
    named="integrate/constant: failed .*not finite",
    beats="naive",
)
