"""A graphics card for the calls of checks: taken by a fork, never before one.

A process that has touched CUDA cannot be forked. So cells run without a card, and each fork that
serves checks takes one for itself. Nothing in here stops hostile code: what it does to its own
calls costs its own points, and what it takes from neighbours costs them a retry.
"""

import contextlib
import os
import sys
from collections.abc import Callable
from typing import Any

ENVIRONMENT = {
    "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
    # Without a workspace of fixed size cuBLAS may add up in another order from call to call.
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
}
CLOSED = "Cells run on the CPU here, also where the checks use a graphics card."
_first: list[Callable[[], None]] = []


def close_cards() -> None:
    """Let no code of this process start CUDA, and so spoil its forks; an honest cell is told."""
    torch = sys.modules.get("torch")
    if torch is None or torch.version.cuda is None:
        return

    def refuse() -> None:
        raise RuntimeError(CLOSED)

    if not _first:
        _first.append(torch.cuda._lazy_init)
    torch.cuda._lazy_init = refuse


def take_device(device: str, card: str, share: float) -> None:
    """Make `device` the one that new tensors lie on; of a card's memory take at most `share`.

    Products are as exact as the card can: no TF32, and the same sum in the same order each time
    where there is a choice. Raises whatever torch raises when the card cannot be used.
    """
    import torch

    if device == "cuda":
        os.environ.update(ENVIRONMENT, CUDA_VISIBLE_DEVICES=card)
        if _first:
            torch.cuda._lazy_init = _first.pop()
        torch.cuda.set_per_process_memory_fraction(share, 0)
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.benchmark = False
        torch.use_deterministic_algorithms(mode=True, warn_only=True)
    torch.set_default_device(device)


def move(namespace: dict[str, Any], device: str) -> None:
    """Put the tensors and modules that cells have made on a device, as far as names lead to them.

    What is missed is on the CPU still; a check that fails for it is judged on the CPU.
    """
    import torch

    for name, value in list(namespace.items()):
        # A student's own `to` may raise anything.
        with contextlib.suppress(Exception):
            if isinstance(value, torch.nn.Module):
                value.to(device)
            elif isinstance(value, torch.Tensor) and not name.startswith("_"):
                moved = value.detach().to(device)
                namespace[name] = moved.requires_grad_(value.requires_grad)
