"""A submission in this very process, for the instructor's own code and the student's notebook."""

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from grader.checks.link import LocalLink, join
from grader.checks.submission import Submission
from grader.wire import messages
from grader.worker.serving import Frame, Server


def local_submission(namespace: dict[str, Any]) -> Submission:
    """Return a namespace as checks see it; values pass through the same encoding as on a wire."""

    def ask_checker(
        question: messages.Callback, buffers: list[memoryview]
    ) -> tuple[messages.Answer, memoryview]:
        answer, back = link.answer(question, join(buffers))
        return answer, join(back)

    def answer(message: messages.ToWorker, payload: memoryview) -> Frame:
        frame = server.answer(message, payload)
        if isinstance(frame[0], messages.Raised) and frame[0].kind == "KeyboardInterrupt":
            # Here it is the person at the keyboard, who means the checks and not one call.
            raise KeyboardInterrupt
        return frame

    server = Server(namespace, ask_checker)
    link = LocalLink(answer)
    return Submission(link)


@contextmanager
def generators_kept() -> Iterator[None]:
    """Leave every generator as it was: checks seed them, and a notebook goes on drawing."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    python, arrays = random.getstate(), numpy and numpy.random.get_state()
    tensors = torch and torch.random.get_rng_state()
    try:
        yield
    finally:
        random.setstate(python)
        if numpy is not None:
            numpy.random.set_state(arrays)
        if torch is not None:
            torch.random.set_rng_state(tensors)
