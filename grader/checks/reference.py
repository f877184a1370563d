"""The reference solution as a namespace; it exists on the safe side of the wall only."""

import linecache
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

from grader.errors import CourseError


def load_namespace(
    name: str, sources: Sequence[str], base: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Execute cells one after another and return their names, starting from a copy of `base`."""
    module = ModuleType(name)
    namespace: dict[str, Any] = module.__dict__
    namespace.update(base or {})
    for number, source in enumerate(sources, 1):
        where = f"<{name}, cell {number}>"
        linecache.cache[where] = (len(source), None, source.splitlines(keepends=True), where)
        try:
            exec(compile(source, where, "exec"), namespace)  # noqa: S102 - our own solution
        except Exception as error:
            raise CourseError(where, f"{type(error).__name__}: {error}") from error
    return namespace


def as_object(namespace: dict[str, Any]) -> SimpleNamespace:
    """Return a namespace whose names are attributes, as checks use it."""
    return SimpleNamespace(**{k: v for k, v in namespace.items() if not k.startswith("__")})
