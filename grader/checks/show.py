"""Values as short text: dtype and shape first, few digits, never more than a few lines."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy

from grader.wire.arrays import is_tensor
from grader.wire.steps import Ask, Step
from grader.wire.values import Reference

LIMIT = 240


def show(value: Any) -> str:
    """Return a value as a student would write it down."""
    if isinstance(value, str):
        return _cut(repr(value))
    if isinstance(value, float):
        return format(value, ".7g")
    if is_tensor(value):
        return f"tensor {_tensor(value.detach().cpu())}"
    if isinstance(value, numpy.ndarray):
        return _array(value)
    if isinstance(value, Mapping):
        return _cut("{" + ", ".join(f"{show(k)}: {show(v)}" for k, v in value.items()) + "}")
    if isinstance(value, Sequence):
        inner = ", ".join(show(item) for item in value[:20]) + (", …" if len(value) > 20 else "")
        if isinstance(value, tuple):
            return _cut(f"({inner},)" if len(value) == 1 else f"({inner})")
        return _cut(f"[{inner}]")
    if isinstance(value, Reference):
        return f"<{_cut(value.kind)}>"
    if callable(value):
        return f"<{getattr(value, '__name__', 'function').strip('<>')}>"
    return _cut(repr(value))


def worked_case(steps: Iterable[Step], exercise: str) -> str:
    """Return the first call of an exercise with its result, as a sentence; empty if none will do.

    Only whole values will: nothing cut short, no object that says nothing on paper.
    """
    for step in steps:
        if step.name == exercise and step.ask in {Ask.call, Ask.look} and not step.error:
            result = step.result[0] if step.ask is Ask.look else step.result
            case = f"`{show_step(step)}` gives `{show(result)}`."
            if not any(sign in case for sign in ("…", "...", "<")):
                return case
    return ""


def show_step(step: Step) -> str:
    """Return a question asked of a submission as text, such as `x_to_y(0.5)`."""
    if step.error == "missing" or step.ask in {Ask.read, Ask.define, Ask.seed}:
        return ""
    parts = [show(arg) for arg in step.args]
    parts += [f"{name}={show(arg)}" for name, arg in step.kwargs.items()]
    return _cut(f"{step.name}({', '.join(parts)})", 2 * LIMIT)


def _tensor(value: Any) -> str:
    # numpy has no bfloat16.
    dtype = str(value.dtype).removeprefix("torch.")
    plain = value.float() if dtype == "bfloat16" else value
    return _array(plain.numpy()).replace("float32", dtype, 1)


def _array(value: Any) -> str:
    if value.ndim == 0:
        return show(value.item())
    with numpy.printoptions(precision=6, threshold=12, edgeitems=3, suppress=False):
        text = " ".join(str(value).split())
    shape = "×".join(map(str, value.shape))
    return _cut(f"{value.dtype} {shape}: {text}")


def _cut(text: str, limit: int = LIMIT) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
