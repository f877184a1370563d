"""Answer the checker's questions about an executed notebook."""

import traceback
from collections.abc import Callable
from typing import Any

from grader.errors import WireError
from grader.wire import messages
from grader.wire.values import Packer, Reference, Unpacker, Value
from grader.worker.seeds import set_seeds
from grader.worker.shell import text_of
from grader.worker.tensors import differentiate, on_meta

Frame = tuple[messages.FromWorker, list[memoryview]]
AskChecker = Callable[[messages.Callback, list[memoryview]], tuple[messages.Answer, memoryview]]

MAX_OBJECTS = 100_000
TEXT_LIMIT = 4000


class GivenFunctionError(Exception):
    """A function that the exercise was given did not like what it was called with."""


class Server:
    """Holds the namespace of a notebook and the objects the checker has references to.

    Nothing here is a secret, and nothing it answers is believed: it runs beside student code.
    """

    def __init__(self, namespace: dict[str, Any], ask_checker: AskChecker) -> None:
        self.namespace = namespace
        self.device = "cpu"
        self.ask_checker = ask_checker
        self.objects: dict[int, object] = {}
        self.stand_ins: dict[int, Callable[..., Any]] = {}

    def answer(self, message: messages.ToWorker, payload: memoryview) -> Frame:
        """Return the reply to one request; whatever student code raises becomes a `Raised`."""
        try:
            return self._answer(message, payload)
        except BaseException as error:
            # Student code may raise anything, SystemExit and KeyboardInterrupt included.
            return self.raised(message.id, error), []

    def _answer(self, message: messages.ToWorker, payload: memoryview) -> Frame:
        unpacker = Unpacker(payload, self._resolve, self.device)
        match message:
            case messages.Read(id=number):
                found = self._find(message.target, message.path, unpacker)
                return self._result(number, found)
            case messages.Call(id=number):
                function = self._find(message.target, message.path, unpacker)
                args = [unpacker.unpack(arg) for arg in message.args]
                kwargs = {name: unpacker.unpack(arg) for name, arg in message.kwargs}
                result = function(*args, **kwargs)
                return self._result(number, (result, args) if message.echo else result)
            case messages.Differentiate(id=number):
                function = self._find(message.target, message.path, unpacker)
                args = [unpacker.unpack(arg) for arg in message.args]
                weights = unpacker.unpack(message.weights)
                return self._result(number, differentiate(function, args, weights))
            case messages.CallOnMeta(id=number):
                function = self._find(message.target, message.path, unpacker)
                args = [unpacker.unpack(arg) for arg in message.args]
                return self._result(number, on_meta(function, args))
            case messages.Define(id=number):
                exec(message.source, self.namespace)  # noqa: S102 - the assignment's own code
                return self._result(number, None)
            case messages.Replace(id=number):
                self.namespace[message.name] = unpacker.unpack(message.value)
                return self._result(number, None)
            case messages.Seed(id=number):
                set_seeds(message.seed)
                return self._result(number, None)
        raise WireError("a request the worker does not know")

    def _find(self, target: Value, path: list[str], unpacker: Unpacker) -> Any:
        if isinstance(target, str):
            if target not in self.namespace:
                raise _Missing(target)
            found = self.namespace[target]
        else:
            found = unpacker.unpack(target)
        for name in path:
            if not hasattr(found, name):
                raise _Missing(name)
            found = getattr(found, name)
        return found

    def _result(self, number: int, value: object) -> Frame:
        packer = Packer(self._refer)
        return messages.Result(number, packer.pack(value)), packer.buffers

    def raised(self, number: int, error: BaseException) -> messages.Raised | messages.Missing:
        """Return an error of student code as a message."""
        if isinstance(error, _Missing):
            return messages.Missing(number, error.name)
        kinds = [kind.__name__[:100] for kind in type(error).__mro__[:8]]
        lines = [line[:300] for line in student_lines(error)[-6:]]
        return messages.Raised(number, kinds[0], kinds, text_of(error)[:TEXT_LIMIT], lines)

    def _refer(self, value: object) -> Reference:
        if len(self.objects) >= MAX_OBJECTS:
            raise WireError("the notebook has handed out too many objects")
        number = len(self.objects) + 1
        self.objects[number] = value
        return Reference("worker", number, type(value).__name__[:80])

    def _resolve(self, reference: Reference) -> object:
        if reference.side == "worker":
            return self.objects[reference.number]
        if reference.number not in self.stand_ins:
            self.stand_ins[reference.number] = self._stand_in(reference.number)
        return self.stand_ins[reference.number]

    def _give_back(self, value: object) -> Reference:
        """Refer to a function of the checker's as the checker does, to anything else as ours."""
        for number, stand_in in self.stand_ins.items():
            if stand_in is value:
                return Reference("checker", number, "function")
        return self._refer(value)

    def _stand_in(self, function: int) -> Callable[..., Any]:
        """Return a function that asks the checker for its value."""

        def call_checker(*args: object, **kwargs: object) -> Any:
            packer = Packer(self._give_back)
            packed = [packer.pack(arg) for arg in args]
            named = [(name, packer.pack(arg)) for name, arg in kwargs.items()]
            question = messages.Callback(messages.new_id(), function, packed, named)
            reply, payload = self.ask_checker(question, packer.buffers)
            if reply.error:
                raise GivenFunctionError(reply.error)
            return Unpacker(payload, self._resolve, self.device).unpack(reply.value)

        return call_checker


class _Missing(Exception):
    """A name or attribute the notebook does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def student_lines(error: BaseException) -> list[str]:
    """Return one line for each frame of the traceback that lies in a cell of the notebook."""
    frames = traceback.extract_tb(error.__traceback__)
    return [
        f"{frame.filename.strip('<>')}, line {frame.lineno}: {frame.line or ''}".rstrip(": ")
        for frame in frames
        if frame.filename.startswith("<cell ")
    ]
