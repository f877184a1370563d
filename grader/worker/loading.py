"""Data loaders where processes cannot share memory: they do the work themselves."""

import functools
import inspect
import sys
from typing import Any

# These mean something for worker processes only, and are refused without any.
OF_WORKERS = (
    "num_workers", "prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout",
    "worker_init_fn",
)  # fmt: skip
NOTICE = "Graded without worker processes: DataLoader goes on with num_workers=0."


def load_alone() -> None:
    """Let every `torch.utils.data.DataLoader` run without worker processes, and say so.

    With no shared memory its workers would fail, or hang on the queue to them.
    """
    data = sys.modules.get("torch.utils.data")
    if data is None:
        return
    original = data.DataLoader.__init__
    signature = inspect.signature(original)

    @functools.wraps(original)
    def without_workers(*args: Any, **kwargs: Any) -> None:
        given = signature.bind(*args, **kwargs)
        if given.arguments.get("num_workers"):
            print(NOTICE, file=sys.stderr)
            for name in OF_WORKERS:
                given.arguments.pop(name, None)
        original(*given.args, **given.kwargs)

    data.DataLoader.__init__ = without_workers
