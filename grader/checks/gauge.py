"""How much of their tolerance the comparisons of a check use: 1 is the limit."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Infinite errors count as this one, which every format can write down; so do undefined ones, as
# long as it comes first in the comparison.
HUGE = 1e300

_used: ContextVar[list[float] | None] = ContextVar("used", default=None)


@contextmanager
def gauge() -> Iterator[list[float]]:
    """Yield a list that gets, comparison by comparison, the largest error over its tolerance."""
    used: list[float] = []
    token = _used.set(used)
    try:
        yield used
    finally:
        _used.reset(token)


def report(share: float) -> None:
    """Tell the gauge, where there is one, how much of its tolerance a comparison has used."""
    used = _used.get()
    if used is not None:
        used.append(min(HUGE, share))
