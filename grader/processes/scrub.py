"""Overwrite the free memory of a graphics card before the next worker gets it."""

import time
from collections.abc import Callable

from grader.errors import GraderFault, WireError
from grader.model import Limits
from grader.processes.launch import Processes, open_fork, scratch_folder
from grader.wire import messages

SECONDS = 60.0
# In pieces, so that a neighbour who takes some meanwhile does not make the rest fail.
SOURCE = """
import torch
free, _ = torch.cuda.mem_get_info()
left, piece, kept = free - {keep}, {piece}, []
while left > 0 and piece >= 1 << 20:
    try:
        kept.append(torch.zeros(min(piece, left), dtype=torch.uint8, device="cuda"))
        left -= kept[-1].numel()
    except torch.OutOfMemoryError:
        piece //= 2
torch.cuda.synchronize()
"""
PIECE = 1 << 30


def scrubber(processes: Processes) -> Callable[[str, int], None]:
    """Return what overwrites a card's free memory but for so many bytes, in a worker of our own.

    The driver is said to clear memory before another process gets it, and promises it nowhere.
    Raises `GraderFault` when it could not be done.
    """

    def scrub(card: str, keep: int) -> None:
        source = SOURCE.format(keep=keep, piece=PIECE)
        limits = Limits(memory_bytes=4 << 30)
        with (
            scratch_folder() as scratch,
            processes.worker(scratch, 0, limits, gpu=True) as worker,
        ):
            try:
                with open_fork(worker, SECONDS, "cuda", card) as fork:
                    fork.send(messages.Define(messages.new_id(), source))
                    reply, _ = fork.receive(time.monotonic() + SECONDS)
            except WireError as error:
                raise GraderFault(f"the memory of a card could not be cleared: {error}") from None
        if not isinstance(reply, messages.Result):
            raise GraderFault(f"the memory of a card could not be cleared: {reply}")

    return scrub
