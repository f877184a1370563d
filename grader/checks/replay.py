"""Give every submission the examples the reference was proven on; search only when one fails.

Hypothesis with a fixed seed draws the same examples for every submission that passes. Drawing them
costs more than trying them, so they are drawn once, while the checks are loaded.
"""

import copy
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
import pytest

# The drawn arguments of one example, by name.
Example = dict[str, Any]


@contextmanager
def recording(item: pytest.Function) -> Iterator[list[Example]]:
    """Yield a list that gets the examples a check passes with; none for one without Hypothesis."""
    examples: list[Example] = []
    if not hypothesis.is_hypothesis_test(item.obj):
        yield examples
        return
    handle, fixtures = item.obj.hypothesis, fixtures_of(item)
    inner = handle.inner_test

    @functools.wraps(inner)
    def record(**arguments: Any) -> None:
        drawn = {name: value for name, value in arguments.items() if name not in fixtures}
        # The check may change what it was given.
        kept = copy.deepcopy(drawn)
        inner(**arguments)
        examples.append(kept)

    handle.inner_test = record
    try:
        yield examples
    finally:
        handle.inner_test = inner


def replay(item: pytest.Function, examples: list[Example], start_over: Callable[[], None]) -> None:
    """Run a check on recorded examples; once one fails, let Hypothesis look for a smaller one.

    `start_over` puts the generators of the submission back to where the check began. While one
    searches, it is called before each example, so that an answer follows from the example alone.
    """
    given = {name: item.funcargs[name] for name in fixtures_of(item)}
    handle = item.obj.hypothesis
    inner = handle.inner_test
    try:
        for example in examples:
            inner(**given, **copy.deepcopy(example))
    except AssertionError:

        @functools.wraps(inner)
        def afresh(**arguments: Any) -> None:
            start_over()
            inner(**arguments)

        handle.inner_test = afresh
        try:
            item.obj(**given)
        finally:
            handle.inner_test = inner
        # It does not happen every time; that it happens is enough.
        raise


def fixtures_of(item: pytest.Function) -> tuple[str, ...]:
    """Return the names of what pytest, and not Hypothesis, hands to a check."""
    return tuple(item._fixtureinfo.argnames)
