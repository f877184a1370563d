"""Comparisons on the safe side of the wall; a NaN is never close to anything."""

from typing import Any, NoReturn

import numpy
from numpy.typing import NDArray

from grader.checks.failures import CheckFailure
from grader.checks.gauge import report
from grader.checks.show import show
from grader.checks.submission import RemoteObject
from grader.wire.arrays import is_tensor

Numbers = NDArray[numpy.float64]


def fail(message: str, got: Any = "", expected: Any = "", where: str = "") -> NoReturn:
    """Fail the check. `message` reaches every student; the rest only as the policy allows."""
    raise CheckFailure(message, got, expected, where)


def require(
    condition: bool, message: str, got: Any = "", expected: Any = "", where: str = ""
) -> None:
    """Fail the check unless `condition` holds."""
    if not condition:
        fail(message, got, expected, where)


def numbers(value: Any, what: str = "The result") -> Numbers:
    """Return a number, sequence, array or tensor as a float64 array of its own shape.

    Fails the check for anything that is not made of real numbers: text, None, objects, ragged
    lists, complex values.
    """
    if isinstance(value, RemoteObject):
        fail(f"{what} is an object, not made of numbers", got=value.kind)
    try:
        array = numpy.asarray(_without_tensors(value))
    except ValueError:
        fail(f"{what} is a ragged list, not an array", got=value)
    except (TypeError, RuntimeError):
        # A list of tensors that want gradients, or of a dtype that numpy does not know.
        fail(f"{what} is a list of tensors that make no array; return one tensor", got=value)
    if array.dtype.kind not in "biuf":
        fail(f"{what} is not made of real numbers", got=value)
    return array.astype(numpy.float64)


def close(
    got: Any,
    expected: Any,
    *,
    rtol: float = 1e-9,
    atol: float = 1e-9,
    at: Any = None,
    what: str = "The result",
    message: str = "",
) -> None:
    """Fail the check unless |got - expected| ≤ atol + rtol·|expected| in every entry.

    The shapes must agree. A result of lower precision than float64 is compared with the tolerance
    of its dtype. `at` holds the inputs, one per entry, so that the witness can name the one that
    went wrong.
    """
    wanted = numbers(expected)
    values = same_shape(got, wanted.shape, what)
    coarse = _precision(got)
    rtol, atol = max(rtol, coarse), max(atol, coarse / 10)
    # Written so that a NaN on either side makes the comparison false, and so that an infinity,
    # whose tolerance would be infinite too, is close to itself alone.
    with numpy.errstate(invalid="ignore", divide="ignore"):
        used = numpy.abs(values - wanted) / (atol + rtol * numpy.abs(wanted))
    equal = values == wanted
    good = ((used <= 1) & numpy.isfinite(wanted)) | equal
    report(float(numpy.max(used, initial=0.0, where=~equal)))
    if good.all():
        return
    index = first(~good)
    where = place(index, at)
    text = message or f"{what} is not the right value"
    if not numpy.isfinite(values[index]) and numpy.isfinite(wanted[index]):
        text = f"{what} is not finite"
    fail(text, *both(float(values[index]), float(wanted[index])), where)


def same_shape(got: Any, shape: tuple[int, ...], what: str = "The result") -> Numbers:
    """Return `got` as numbers; fails the check unless it has this shape. () accepts one number."""
    values = numbers(got, what)
    if values.shape == shape:
        return values
    if shape == () and values.size == 1:
        return values.reshape(())
    fail(f"{what} has the wrong shape", f"shape {values.shape}", f"shape {shape}")


def finite(got: Any, *, at: Any = None, what: str = "The result") -> Numbers:
    """Return `got` as numbers; fails the check at the first NaN or infinity."""
    values = numbers(got, what)
    good = numpy.isfinite(values)
    if not good.all():
        index = first(~good)
        fail(f"{what} is not finite", show(float(values[index])), where=place(index, at))
    return values


def first(wrong: NDArray[numpy.bool_]) -> tuple[int, ...]:
    """Return the index of the first True."""
    return tuple(int(i) for i in numpy.argwhere(wrong)[0]) if wrong.ndim else ()


def both(got: float, expected: float) -> tuple[str, str]:
    """Return two different numbers as text, with as many digits as it takes to see it."""
    short = show(got), show(expected)
    return short if short[0] != short[1] else (repr(got), repr(expected))


def place(index: tuple[int, ...], at: Any) -> str:
    """Return an entry of a result in words, with the input it belongs to where that is known."""
    words = [f"entry {index if len(index) > 1 else index[0]}"] if index else []
    inputs = numpy.asarray(at)
    # Only where there is one input per entry can the right one be told.
    if at is not None and inputs.ndim == len(index):
        words.append(f"input {show(inputs[index].item())}")
    return ", ".join(words)


def _without_tensors(value: Any) -> Any:
    """Return a value with every tensor in it as an array; numpy refuses those with gradients."""
    if is_tensor(value):
        value = value.detach().cpu()
        return value.double().numpy() if not value.is_complex() else value.numpy()
    if isinstance(value, list | tuple):
        return [_without_tensors(item) for item in value]
    return value


def _precision(value: Any) -> float:
    """Return the relative tolerance that a result's own dtype can be held to."""
    dtype = str(getattr(value, "dtype", "float64")).removeprefix("torch.")
    return {"float16": 2e-3, "bfloat16": 2e-2, "float32": 1e-5}.get(dtype, 0.0)
