"""From the steps of failed checks to the one known mistake that would have answered the same."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.diagnosis.catalogue import Mistake
from grader.wire.arrays import is_tensor
from grader.wire.steps import Step
from grader.wire.values import Reference

NOT_PLAIN = object()


def name_mistake(
    mistakes: Sequence[Mistake],
    reference: Mapping[str, Any],
    exercise: str,
    failed: Sequence[Step],
    passed: Sequence[Step] = (),
) -> Mistake | None:
    """Return the mistake whose answers equal the student's at every step, if exactly one does.

    At least one step of the `failed` checks must tell it from the reference. Of the `passed` ones
    those have a say at which the reference answers the same: another answer may be right, too, or
    random. With no mistake left, or several that have different titles, nothing is named.
    """
    if all(agrees is not False for agrees in replay(failed, reference)):
        return None
    usual = list(replay(passed, reference))

    def fits(mistake: Mistake) -> bool:
        there, here = replay(failed, mistake.namespace), replay(passed, mistake.namespace)
        return all(agrees is not False for agrees in there) and all(
            agrees is not False for agrees, known in zip(here, usual, strict=True) if known
        )

    found = [mistake for mistake in mistakes if mistake.exercise == exercise and fits(mistake)]
    return found[0] if len({mistake.title for mistake in found}) == 1 else None


def replay(steps: Sequence[Step], namespace: Mapping[str, Any]) -> Iterator[bool | None]:
    """Ask `namespace` what was asked of the student; yield for each step whether it agrees.

    None stands for a step that has no say.
    """
    objects: dict[int, Any] = {}
    for step in steps:
        try:
            result, error = _answer(step, namespace, objects), ""
        except _Unknown:
            # The trace begins after the object was made.
            yield None
            continue
        except Exception as raised:
            result, error = None, type(raised).__name__
        if isinstance(step.result, Reference):
            objects[step.result.number] = result
        yield error == step.error and same(step.result, result)


def same(theirs: Any, ours: Any) -> bool:
    """Tell whether two answers are the same; a NaN equals a NaN: no points hang on it."""
    if isinstance(theirs, Reference):
        return True
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        return theirs.keys() == ours.keys() and all(same(theirs[k], ours[k]) for k in theirs)
    left, right = _numbers(theirs), _numbers(ours)
    if left is NOT_PLAIN or right is NOT_PLAIN:
        if isinstance(theirs, list | tuple) and isinstance(ours, list | tuple):
            return len(theirs) == len(ours) and all(map(same, theirs, ours))
        return type(theirs) is type(ours) and _equal(theirs, ours)
    return left.shape == right.shape and np.allclose(left, right, 1e-9, 1e-12, equal_nan=True)


def _equal(theirs: Any, ours: Any) -> bool:
    if is_tensor(theirs):
        return theirs.dtype == ours.dtype and bool(theirs.equal(ours))
    return bool(theirs == ours)


class _Unknown(Exception):
    """A step cannot be asked again: of an object made before the first step kept, or by kind."""


def _answer(step: Step, namespace: Mapping[str, Any], objects: Mapping[int, Any]) -> Any:
    if not step.replays:
        raise _Unknown
    # Our own copy of plain arguments: a mistake may well change them. Objects are of this replay
    # alone, and what a call does to them is seen by the steps that follow.
    args = [_resolved(arg, objects) for arg in copy.deepcopy(step.args)]
    found = namespace[step.target] if isinstance(step.target, str) else _at(objects, step.target)
    for name in step.path:
        found = getattr(found, name)
    if not step.is_call:
        return found
    result = found(*args, **step.kwargs)
    return (result, args) if step.echo else result


def _resolved(value: Any, objects: Mapping[int, Any]) -> Any:
    if isinstance(value, Reference):
        return _at(objects, value)
    if isinstance(value, list | tuple):
        return type(value)(_resolved(item, objects) for item in value)
    return value


def _at(objects: Mapping[int, Any], reference: Reference) -> Any:
    if reference.number not in objects:
        raise _Unknown
    return objects[reference.number]


def _numbers(value: Any) -> Any:
    """Return anything made of numbers as an array, or NOT_PLAIN."""
    try:
        array = np.asarray(value.detach().cpu().numpy() if is_tensor(value) else value)
    except (ValueError, TypeError, RuntimeError):
        # Ragged, or tensors numpy knows nothing of: bfloat16, or in a list and wanting gradients.
        return NOT_PLAIN
    return array if array.dtype.kind in "biufc" else NOT_PLAIN
