"""From the steps of failed checks to the one known mistake that would have answered the same."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.diagnosis.catalogue import Load, Mistake
from grader.wire.arrays import is_tensor
from grader.wire.steps import Ask, Step
from grader.wire.values import Reference

NOT_PLAIN = object()

# Asks a namespace what a step asks, and returns the step with the answer found there.
Asking = Callable[[Step], Step]
Open = Callable[[Load], Asking]
# What was asked in one fork of the notebook, from its beginning.
Trace = Sequence[Step]


def fitting(
    mistakes: Sequence[Mistake],
    reference: Load,
    failed: Sequence[Trace],
    passed: Sequence[Trace],
    opened: Open,
) -> list[Mistake]:
    """Return the mistakes whose answers equal the student's at every step.

    `mistakes` are those of one exercise, `opened` makes a program one that can be asked. At least
    one step of the `failed` checks must tell the mistake from the reference. Of the `passed` ones
    those have a say at which the reference answers the same: another answer may be right, too, or
    random. Where several are left that have different titles, nothing should be named.
    """

    def agreeing(load: Load, traces: Sequence[Trace]) -> Iterator[bool | None]:
        return (agrees for trace in traces for agrees in replay(trace, opened(load)))

    if False not in agreeing(reference, failed):
        return []
    found = [mistake for mistake in mistakes if False not in agreeing(mistake.load, failed)]
    usual = list(agreeing(reference, passed)) if found else []
    return [
        mistake
        for mistake in found
        if all(
            agrees is not False
            for agrees, known in zip(agreeing(mistake.load, passed), usual, strict=True)
            if known
        )
    ]


def replay(steps: Sequence[Step], ask: Asking) -> Iterator[bool | None]:
    """Ask what was asked of the student; yield for each step whether the answer agrees.

    None stands for a step that has no say.
    """
    objects: dict[int, Reference] = {}
    for step in steps:
        try:
            asked = _ours(step, objects)
        except KeyError:
            # The trace begins after the object was made.
            yield None
            continue
        answered = ask(asked)
        _match(step.result, answered.result, objects)
        no_say = step.ask in {Ask.define, Ask.seed}
        agrees = answered.error == step.error and same(step.result, answered.result)
        yield None if no_say else agrees


def _ours(step: Step, objects: Mapping[int, Reference]) -> Step:
    """Return a step that asks the same of our own objects; raises KeyError for an unknown one."""
    target = step.target
    if isinstance(target, Reference):
        target = objects[target.number]
    return replace(step, target=target, args=_resolved(step.args, objects), result=None, error="")


def _resolved(value: Any, objects: Mapping[int, Reference]) -> Any:
    if isinstance(value, Reference):
        return objects[value.number]
    if isinstance(value, list | tuple):
        return type(value)(_resolved(item, objects) for item in value)
    return value


def _match(theirs: Any, ours: Any, objects: dict[int, Reference]) -> None:
    """Remember which object of ours stands for which of theirs."""
    if isinstance(theirs, Reference) and isinstance(ours, Reference):
        objects[theirs.number] = ours
    if isinstance(theirs, list | tuple) and isinstance(ours, list | tuple):
        for their, our in zip(theirs, ours, strict=False):
            _match(their, our, objects)


def same(theirs: Any, ours: Any) -> bool:
    """Tell whether two answers are the same; a NaN equals a NaN: no points hang on it."""
    if isinstance(theirs, Reference) or isinstance(ours, Reference):
        return isinstance(theirs, Reference) and isinstance(ours, Reference)
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        # In their order: where it matters, a wrong order is all that a mistake shows.
        return list(theirs) == list(ours) and all(same(theirs[k], ours[k]) for k in theirs)
    left, right = _numbers(theirs), _numbers(ours)
    if left is NOT_PLAIN or right is NOT_PLAIN:
        if isinstance(theirs, list | tuple) and isinstance(ours, list | tuple):
            return len(theirs) == len(ours) and all(map(same, theirs, ours))
        return type(theirs) is type(ours) and _equal(theirs, ours)
    # Zeros and ones in the place of booleans are a mistake of their own.
    alike = left.shape == right.shape and (left.dtype == bool) == (right.dtype == bool)
    return alike and np.allclose(left, right, 1e-9, 1e-12, equal_nan=True)


def _equal(theirs: Any, ours: Any) -> bool:
    if is_tensor(theirs):
        return theirs.dtype == ours.dtype and bool(theirs.equal(ours))
    return bool(theirs == ours)


def _numbers(value: Any) -> Any:
    """Return anything made of numbers as an array, or NOT_PLAIN."""
    try:
        array = np.asarray(value.detach().cpu().numpy() if is_tensor(value) else value)
    except (ValueError, TypeError, RuntimeError):
        # Ragged, or tensors numpy knows nothing of: bfloat16, or in a list and wanting gradients.
        return NOT_PLAIN
    return array if array.dtype.kind in "biufc" else NOT_PLAIN
