"""Questions about tensors that need torch itself: gradients, and where results come into being."""

import contextlib
from collections.abc import Callable, Sequence
from typing import Any


def differentiate(
    function: Callable[..., Any], args: Sequence[Any], weights: Any
) -> tuple[Any, list[Any], dict[str, Any]]:
    """Call `function`, and differentiate the sum of its result's entries times `weights`.

    Returns the result, the gradient of each argument (None where it has none), and of each
    parameter of the function by name, if it is a module. `weights` None counts every entry once.
    Of several results the first is differentiated.
    """
    import torch

    leaves = [_leaf(arg) for arg in args]
    parameters = dict(function.named_parameters()) if isinstance(function, torch.nn.Module) else {}
    for parameter in parameters.values():
        parameter.grad = None
    result = function(*leaves)
    first = result[0] if isinstance(result, list | tuple) else result
    total = first.sum() if weights is None else (first * weights).sum()
    total.backward()
    grads = [leaf.grad if isinstance(leaf, torch.Tensor) else None for leaf in leaves]
    return result, grads, {name: parameter.grad for name, parameter in parameters.items()}


def on_meta(function: Callable[..., Any], args: Sequence[Any]) -> list[tuple[str, str, list[int]]]:
    """Call `function` with its tensors on the meta device; tell what tensors come out.

    The meta device has shapes and no numbers. A tensor made on another device on the way is an
    error there, as it would be on a graphics card.
    """
    import torch

    moved = [arg.to("meta") if isinstance(arg, torch.Tensor) else arg for arg in args]
    # New tensors lie on the CPU, as ever, also where a graphics card is the default.
    elsewhere = torch.get_default_device().type != "cpu"
    with torch.device("cpu") if elsewhere else contextlib.nullcontext():
        if isinstance(function, torch.nn.Module):
            function.to("meta")
        result = function(*moved)
    found = result if isinstance(result, list | tuple) else [result]
    return [
        (tensor.device.type, str(tensor.dtype).removeprefix("torch."), list(tensor.shape))
        for tensor in found
        if isinstance(tensor, torch.Tensor)
    ]


def _leaf(arg: Any) -> Any:
    import torch

    if not isinstance(arg, torch.Tensor) or not arg.is_floating_point():
        return arg
    return arg.detach().clone().requires_grad_(True)
