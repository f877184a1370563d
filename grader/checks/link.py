"""How a check reaches the submission: over a wire, or in the same process."""

import secrets
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

from grader.errors import PeerTimeout, WireError
from grader.wire import messages
from grader.wire.channel import Channel
from grader.wire.values import Packer, Reference, Unpacker

MAX_CALLBACKS = 200_000

Frame = tuple[messages.FromWorker, memoryview]


class Link(ABC):
    """Carries requests to a submission and answers the callbacks that come back meanwhile.

    `deadline` is a value of `time.monotonic()`, set for each check.
    """

    def __init__(self) -> None:
        self.deadline: float | None = None
        self._functions: dict[int, Callable[..., Any]] = {}
        self._callbacks = 0

    @abstractmethod
    def request(self, message: messages.ToWorker, buffers: list[memoryview]) -> Frame:
        """Send a request and return its reply; raises `WireError` when the worker misbehaves."""

    def refer(self, function: Callable[..., Any]) -> Reference:
        """Return a reference to a function of the checker, which the submission may call."""
        number = secrets.randbits(62)
        self._functions[number] = function
        return Reference("checker", number, "function")

    def answer(
        self, question: messages.Callback, payload: memoryview
    ) -> tuple[messages.Answer, list[memoryview]]:
        """Run the function a submission called and return what it gave."""
        self._callbacks += 1
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise PeerTimeout("the submission called the checker without end")
        function = self._functions.get(question.function)
        if function is None or self._callbacks > MAX_CALLBACKS:
            raise WireError("a callback that was never offered")
        unpacker = Unpacker(payload, self._own)
        args = [unpacker.unpack(arg) for arg in question.args]
        kwargs = {name: unpacker.unpack(arg) for name, arg in question.kwargs}
        packer = Packer(_refuse)
        try:
            with bell(self.deadline):
                value = packer.pack(function(*args, **kwargs))
        except RangError:
            raise PeerTimeout("the submission kept a function of the checker busy") from None
        except Exception as error:
            # The arguments are the student's: whatever they break is an error in their call.
            return messages.Answer(question.id, None, f"{type(error).__name__}: {error}"), []
        return messages.Answer(question.id, value, ""), packer.buffers

    def _own(self, reference: Reference) -> object:
        """Return a function of the checker's that comes back; anything else stays opaque."""
        is_ours = reference.side == "checker"
        return self._functions.get(reference.number, reference) if is_ours else reference


class WireLink(Link):
    """Reaches a worker, or a fork of one, through its channel."""

    def __init__(self, channel: Channel[messages.FromWorker]) -> None:
        super().__init__()
        self.channel = channel

    def request(self, message: messages.ToWorker, buffers: list[memoryview]) -> Frame:
        """Send a request, answer callbacks, and return the reply that carries its number."""
        self.channel.send(message, buffers, self.deadline)
        while True:
            reply, payload = self.channel.receive(self.deadline)
            if isinstance(reply, messages.Callback):
                self.channel.send(*self.answer(reply, payload), self.deadline)
            elif reply.id == message.id:
                return reply, payload
            else:
                raise WireError("an answer to a question that was not asked")


class LocalLink(Link):
    """Reaches a namespace in this very process, through the same messages."""

    def __init__(
        self,
        server: Callable[
            [messages.ToWorker, memoryview], tuple[messages.FromWorker, list[memoryview]]
        ],
    ) -> None:
        super().__init__()
        self._server = server

    def request(self, message: messages.ToWorker, buffers: list[memoryview]) -> Frame:
        """Hand a request over and return the reply."""
        reply, back = self._server(message, join(buffers))
        return reply, join(back)


class RangError(BaseException):
    """Time is up; not an Exception, so that no function of a check passes it over."""


@contextmanager
def bell(deadline: float | None) -> Iterator[None]:
    """Raise `RangError` in the running code at the deadline.

    Without it a submission could call a harmless function with something that takes it for ever.
    """
    if deadline is None:
        yield
        return

    def ring(number: int, frame: FrameType | None) -> NoReturn:
        raise RangError

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(deadline - time.monotonic(), 1e-3))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def join(buffers: list[memoryview]) -> memoryview:
    """Return one payload made of all buffers."""
    return memoryview(b"".join(buffers))


def _refuse(value: object) -> Reference:
    raise WireError(f"a {type(value).__name__} cannot be sent to the submission")
