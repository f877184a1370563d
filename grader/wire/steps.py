"""What was asked of a submission and what came back, one step at a time."""

from dataclasses import dataclass, field
from typing import Any

from grader.wire.values import Reference


@dataclass(frozen=True)
class Step:
    """One question and its answer.

    Objects that stayed on the other side appear as `Reference`s, in `target`, in the arguments and
    as `result`. `error` is the name of an error's class when the answer was one. With `echo` the
    result is a pair: what the call returned, and the arguments as it left them. What does not
    replay has no say in which mistake it looks like.
    """

    target: str | Reference
    path: tuple[str, ...] = ()
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    is_call: bool = True
    echo: bool = False
    replays: bool = True
    result: Any = None
    error: str = ""

    @property
    def name(self) -> str:
        """Return what was asked for, as a student would write it."""
        start = self.target if isinstance(self.target, str) else self.target.kind
        return ".".join((start, *self.path))
