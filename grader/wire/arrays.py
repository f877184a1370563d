"""numpy arrays and torch tensors as a dtype, a shape and raw bytes."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from grader.errors import WireError

MAX_DIMENSIONS = 16
MAX_BYTES = 256 << 20
DEVICES = {"cpu", "cuda", "mps"}

# Bytes per entry of every dtype that may cross. Objects, strings and records may not.
ITEM_SIZES = {
    "bool": 1, "uint8": 1, "int8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4,
    "int64": 8, "uint64": 8, "float16": 2, "bfloat16": 2, "float32": 4, "float64": 8,
    "complex64": 8, "complex128": 16,
}  # fmt: skip


@dataclass(frozen=True)
class Described:
    """What `describe` found out about an array."""

    dtype: str
    shape: list[int]
    data: memoryview
    is_tensor: bool = False
    grad: bool = False
    device: str = "cpu"


def byte_count(dtype: str, shape: Sequence[int]) -> int:
    """Return the bytes that an array of this dtype and shape takes; raises `WireError`."""
    size = ITEM_SIZES.get(dtype)
    if size is None:
        raise WireError(f"arrays of dtype {dtype[:40]!r} cannot be sent")
    if len(shape) > MAX_DIMENSIONS or any(length < 0 for length in shape):
        raise WireError("an array has a shape that cannot be")
    # Lengths beside a zero take no bytes, yet overflow in numpy: they count as if it were a one.
    total = size * math.prod(length or 1 for length in shape)
    if total > MAX_BYTES:
        raise WireError(f"an array of {total >> 20} MB is over the limit of {MAX_BYTES >> 20} MB")
    return size * math.prod(shape)


def is_tensor(value: object) -> bool:
    """Tell whether a value is a torch tensor, without importing torch."""
    torch = _loaded("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def scalar(value: object) -> bool | int | float | None:
    """Return a numpy scalar as the Python number it stands for, or None for anything else."""
    numpy = _loaded("numpy")
    if numpy is None:
        return None
    for kinds, convert in ((numpy.bool_, bool), (numpy.integer, int), (numpy.floating, float)):
        if isinstance(value, kinds):
            return convert(value)
    return None


def describe(value: object) -> Described | None:
    """Return dtype, shape and bytes of an array or tensor, or None for anything else."""
    if is_tensor(value):
        return _describe_tensor(value)
    numpy = _loaded("numpy")
    if numpy is not None and isinstance(value, numpy.ndarray):
        return _describe_array(numpy, value)
    return None


def build(data: memoryview, dtype: str, shape: Sequence[int]) -> Any:
    """Return a fresh, writable numpy array over a copy of `data`."""
    import numpy

    if dtype == "bfloat16":
        raise WireError("numpy has no bfloat16")
    raw = numpy.frombuffer(data, dtype=numpy.uint8)
    if dtype == "bool":
        return (raw != 0).reshape(shape)
    return raw.view(dtype).reshape(shape).copy()


def build_tensor(
    data: memoryview, dtype: str, shape: Sequence[int], grad: bool, device: str
) -> Any:
    """Return a fresh torch tensor over a copy of `data`, on `device`."""
    try:
        import torch
    except ImportError:
        raise WireError("a tensor, where there is no torch") from None
    kind = getattr(torch, dtype)
    if len(data):
        raw = torch.frombuffer(bytearray(data), dtype=torch.uint8)
        # Bytes other than 0 and 1 viewed as bool are undefined behaviour: compare instead.
        flat = raw != 0 if kind is torch.bool else raw.view(kind)
    else:
        flat = torch.empty(0, dtype=kind)
    try:
        tensor = flat.reshape(list(shape)).to(device)
    except (RuntimeError, AssertionError):
        raise WireError(f"a tensor on {device}, which is not here") from None
    if grad and (kind.is_floating_point or kind.is_complex):
        tensor.requires_grad_(True)
    return tensor


def _describe_tensor(value: Any) -> Described:
    import torch

    dtype = str(value.dtype).removeprefix("torch.")
    if value.layout is not torch.strided:
        raise WireError("only dense tensors can be sent")
    byte_count(dtype, value.shape)
    plain = value.detach().cpu().resolve_conj().resolve_neg().contiguous()
    raw = plain.reshape(-1).view(torch.uint8).numpy() if plain.numel() else b""
    shape, grad = list(value.shape), bool(value.requires_grad)
    return Described(dtype, shape, memoryview(raw), True, grad, value.device.type)


def _describe_array(numpy: ModuleType, value: Any) -> Described:
    dtype = value.dtype.name
    byte_count(dtype, value.shape)
    # Big-endian arrays have the same dtype name; their bytes must be put in order first.
    plain = numpy.ascontiguousarray(value, dtype=value.dtype.newbyteorder("="))
    raw = plain.reshape(-1).view(numpy.uint8) if plain.size else b""
    return Described(dtype, list(value.shape), memoryview(raw))


def _loaded(name: str) -> ModuleType | None:
    """Return a module only if someone has imported it: no value of it can exist otherwise."""
    return sys.modules.get(name)
