"""A course on the inside of language models, and the grader that marks it."""

from typing import Any

__all__ = ["check", "pending"]


def __getattr__(name: str) -> Any:
    # Imported when asked for: the command line starts without the checks and what they need.
    if name in __all__:
        from grader import desk

        return getattr(desk, name)
    raise AttributeError(f"module 'grader' has no attribute {name!r}")
