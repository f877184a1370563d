"""What was asked of a submission and what came back, one step at a time."""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from grader.wire.values import Reference


class Ask(Enum):
    """What a step asks for.

    `look` is a call whose answer is a pair: the result, and the arguments as the call left them.
    `gradients` differentiates what a call gives, times `weights`; `meta` calls on torch's meta
    device; `define` runs code of the assignment's own, `seed` sets every generator.
    """

    call = auto()
    look = auto()
    read = auto()
    gradients = auto()
    meta = auto()
    define = auto()
    seed = auto()


@dataclass(frozen=True)
class Step:
    """One question and its answer.

    Objects that stayed on the other side appear as `Reference`s, in `target`, in the arguments and
    as `result`. `error` is the name of an error's class when the answer was one.
    """

    target: str | Reference
    path: tuple[str, ...] = ()
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    ask: Ask = Ask.call
    weights: Any = None
    result: Any = None
    error: str = ""

    @property
    def name(self) -> str:
        """Return what was asked for, as a student would write it."""
        start = self.target if isinstance(self.target, str) else self.target.kind
        return ".".join((start, *self.path))
