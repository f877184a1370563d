"""Circumstances under which a right program must stay right: code that is run after its own."""

from dataclasses import replace
from enum import StrEnum

from grader.certify.subjects import Subject


class Condition(StrEnum):
    """What is different from an ordinary run.

    `strided`: arrays and tensors come with gaps between their entries, and two threads add up sums
    in another order. `single`: they come in single precision, so results are of it, too.
    """

    strided = "strided"
    single = "single"


IMPORTS = "import functools\n\nimport numpy\nimport torch"

CODE = {
    Condition.strided: """
torch.set_num_threads(2)


def _before(value):
    if isinstance(value, torch.Tensor) and value.dim():
        return torch.stack([value, value], -1)[..., 0]
    if isinstance(value, numpy.ndarray) and value.ndim:
        return numpy.repeat(value, 2, -1)[..., ::2]
    return value
""",
    Condition.single: """
def _before(value):
    if isinstance(value, torch.Tensor):
        return value.float() if value.dtype == torch.float64 else value
    if isinstance(value, numpy.ndarray):
        return value.astype(numpy.float32) if value.dtype == numpy.float64 else value
    return value
""",
}

# Functions are wrapped, and of classes the method `forward`.
WRAP = """
def _wrapped(function):
    @functools.wraps(function)
    def call(*args, **kwargs):
        named = {name: _before(value) for name, value in kwargs.items()}
        return function(*map(_before, args), **named)

    return call


if not isinstance(EXERCISE, type):
    EXERCISE = _wrapped(EXERCISE)
elif hasattr(EXERCISE, "forward"):
    EXERCISE.forward = _wrapped(EXERCISE.forward)
"""


def under(subject: Subject, condition: Condition) -> Subject:
    """Return a subject that runs under a condition."""
    wrap = WRAP.replace("EXERCISE", subject.exercise)
    parts = [subject.source, IMPORTS, CODE[condition], wrap]
    return replace(subject, source="\n\n".join(map(str.strip, parts)), condition=condition)
