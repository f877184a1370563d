"""A student's functions, classes and variables, seen from the safe side of the wall."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from grader.checks.failures import Blank, CheckFailure, LinkBrokenError, StudentError
from grader.checks.link import Frame, Link
from grader.errors import WireError
from grader.wire import messages
from grader.wire.steps import Step
from grader.wire.values import Packer, Reference, Unpacker, Value

BLANK = "NotImplementedError"
TRACE_LENGTH = 200


class Submission:
    """Everything a check may do with a hand-in.

    `submission.x_to_y(x)` calls a function by name, `submission.value("y_samples")` reads a
    variable, and a class gives objects whose methods are called the same way. What comes back is
    plain data: numbers, text, lists, dictionaries, numpy arrays, torch tensors, or a
    `RemoteObject`. Raises `CheckFailure` when the name is missing, blank or raises.
    """

    def __init__(self, link: Link, device: str = "cpu") -> None:
        self._link = link
        self.device = device
        self.trace: deque[Step] = deque(maxlen=TRACE_LENGTH)

    @property
    def deadline(self) -> float | None:
        """When the running check must be over, as `time.monotonic()` counts."""
        return self._link.deadline

    @deadline.setter
    def deadline(self, deadline: float | None) -> None:
        self._link.deadline = deadline

    def __getattr__(self, name: str) -> "RemoteFunction":
        """Return the function or class of this name."""
        if name.startswith("_"):
            raise AttributeError(name)
        return RemoteFunction(self, name)

    def value(self, name: str) -> Any:
        """Return a variable of the notebook."""
        value = self.exchange(Step(name, is_call=False))
        if isinstance(value, RemoteObject) and value.kind == "ellipsis":
            raise Blank(f"`{name}` is still blank.")
        return value

    def read(self, target: "RemoteObject", *path: str) -> Any:
        """Return an attribute of an object."""
        return self.exchange(Step(target.reference, path, is_call=False))

    def call_and_look(
        self, name: str, *args: Any, of: "RemoteObject | None" = None
    ) -> tuple[Any, list[Any]]:
        """Call a function, or a method `of` an object, and look at the arguments afterwards.

        Returns the result, and the arguments as the call left them.
        """
        step = Step(name) if of is None else Step(of.reference, (name,))
        pair = self.exchange(replace(step, args=args, echo=True))
        if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], list)):
            raise LinkBrokenError(WireError("an answer of the wrong kind"))
        return pair[0], pair[1]

    def gradients(
        self, target: "str | RemoteObject", *args: Any, weights: Any = None, method: str = ""
    ) -> "Gradients":
        """Call a function, an object or its method, and differentiate what comes out.

        The scalar differentiated is the sum of the result's entries, each times its entry of
        `weights` (1 if None); of several results the first one's. Arguments that are tensors of
        real numbers get gradients, and so do the parameters of a module.
        """
        step = self._step(target, method, args)

        def message(packer: Packer) -> messages.ToWorker:
            packed = [packer.pack(arg) for arg in args]
            path = list(step.path)
            return messages.Differentiate(
                messages.new_id(), step.target, path, packed, packer.pack(weights)
            )

        answer = self._ask(step, message)
        if not (isinstance(answer, tuple) and len(answer) == 3):
            raise LinkBrokenError(WireError("an answer of the wrong kind"))
        return Gradients(*answer)

    def on_meta(
        self, target: "str | RemoteObject", *args: Any, method: str = ""
    ) -> list[tuple[str, str, list[int]]]:
        """Call on torch's meta device; return (device, dtype, shape) of each tensor that results.

        Fails as any call does when the code makes a tensor on another device on the way.
        """
        step = self._step(target, method, args)

        def message(packer: Packer) -> messages.ToWorker:
            packed = [packer.pack(arg) for arg in args]
            return messages.CallOnMeta(messages.new_id(), step.target, list(step.path), packed)

        found = self._ask(step, message)
        if not (isinstance(found, list) and all(isinstance(item, tuple) for item in found)):
            raise LinkBrokenError(WireError("an answer of the wrong kind"))
        return found

    def define(self, source: str) -> None:
        """Run code of the assignment's own in the notebook: what stands in for an exercise."""
        self._request(messages.Define(messages.new_id(), source), [])

    def stand_in(self, name: str, function: Callable[..., Any]) -> None:
        """Put a function of the checker in the place of an exercise this one builds on."""
        reference = self._link.refer(function)
        self._request(messages.Replace(messages.new_id(), name, reference), [])

    def seed(self, seed: int) -> None:
        """Set every generator of the submission."""
        self._request(messages.Seed(messages.new_id(), seed), [])

    def exchange(self, step: Step) -> Any:
        """Ask one question, keep it with its answer in `trace`, and return the answer."""
        return self._ask(step, lambda packer: self._message(step, packer))

    def _step(self, target: "str | RemoteObject", method: str, args: tuple[Any, ...]) -> Step:
        path = (method,) if method else ()
        start = target if isinstance(target, str) else target.reference
        return Step(start, path, args, replays=False)

    def _ask(self, step: Step, make: Callable[[Packer], messages.ToWorker]) -> Any:
        packer = Packer(self._refer)
        message = make(packer)
        reply, payload = self._request(message, packer.buffers)
        if not isinstance(reply, messages.Result):
            failure = failure_of(step.name, reply)
            kind = failure.kinds[0] if isinstance(failure, StudentError) else "missing"
            self.trace.append(replace(step, args=plain(step.args), error=kind))
            raise failure
        result = self._unpack(reply.value, payload)
        self.trace.append(replace(step, args=plain(step.args), result=plain(result)))
        return result

    def _request(self, message: messages.ToWorker, buffers: list[memoryview]) -> Frame:
        try:
            return self._link.request(message, buffers)
        except WireError as error:
            raise LinkBrokenError(error) from None

    def _unpack(self, value: Value, payload: memoryview) -> Any:
        unpacker = Unpacker(payload, self._resolve)
        try:
            result = unpacker.unpack(value)
            unpacker.finish()
        except WireError as error:
            raise LinkBrokenError(error) from None
        return result

    def _message(self, step: Step, packer: Packer) -> messages.ToWorker:
        number, path = messages.new_id(), list(step.path)
        if not step.is_call:
            return messages.Read(number, step.target, path)
        args = [packer.pack(arg) for arg in step.args]
        kwargs = [(name, packer.pack(arg)) for name, arg in step.kwargs.items()]
        return messages.Call(number, step.target, path, args, kwargs, step.echo)

    def _refer(self, value: object) -> Reference:
        if isinstance(value, RemoteObject):
            return value.reference
        if callable(value):
            return self._link.refer(value)
        raise WireError(f"a {type(value).__name__} cannot be sent to the submission")

    def _resolve(self, reference: Reference) -> "RemoteObject":
        if reference.side != "worker":
            raise WireError("a result that refers to the checker")
        return RemoteObject(self, reference)


@dataclass(frozen=True)
class Gradients:
    """A result, and the derivatives of its weighted sum.

    `args` holds one entry for each argument, None where it has no gradient; `parameters` the
    gradient of each parameter by name.
    """

    result: Any
    args: list[Any]
    parameters: dict[str, Any]


class RemoteFunction:
    """A function or class of the submission."""

    def __init__(self, submission: Submission, name: str) -> None:
        self._submission, self._name = submission, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it; arrays and plain values travel, functions become callbacks."""
        return self._submission.exchange(Step(self._name, args=args, kwargs=kwargs))


class RemoteObject:
    """An object that stays in the submission: an instance, a module, a closure."""

    def __init__(self, submission: Submission, reference: Reference) -> None:
        self._submission, self.reference = submission, reference

    @property
    def kind(self) -> str:
        """Return the name of the object's class, as the worker tells it."""
        return self.reference.kind

    def __repr__(self) -> str:
        """Return a short name; the object itself is never asked."""
        return f"<{self.kind}>"

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return a method."""
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._call((name,), args, kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object itself."""
        return self._call((), args, kwargs)

    def _call(self, path: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        step = Step(self.reference, path, args, kwargs)
        return self._submission.exchange(step)


def plain(value: Any) -> Any:
    """Return a value with every `RemoteObject` in it replaced by its reference."""
    if isinstance(value, RemoteObject):
        return value.reference
    if isinstance(value, list | tuple):
        return type(value)(plain(item) for item in value)
    return value


def failure_of(name: str, reply: messages.FromWorker) -> CheckFailure:
    """Return the failure that a reply without a result stands for."""
    if isinstance(reply, messages.Missing):
        whole = name.partition(".")[0]
        if whole == reply.name:
            return CheckFailure(f"The notebook defines no `{whole}`.")
        return CheckFailure(f"`{whole}` has no `{reply.name[:80]}`.")
    if not isinstance(reply, messages.Raised):
        raise LinkBrokenError(WireError("an answer of the wrong kind"))
    if BLANK in reply.bases:
        return Blank(f"`{name}` is still blank.")
    if reply.kind == "WireError":
        return CheckFailure(f"`{name}` returned something that cannot be checked: {reply.text}.")
    return StudentError(name, reply)


def expect_error(call: Callable[[], Any], kind: str, message: str) -> None:
    """Fail the check with `message` unless the call raises an error of class `kind` or below it."""
    try:
        call()
    except Blank:
        raise
    except StudentError as error:
        if kind not in error.kinds:
            raise CheckFailure(message, got=error.kinds[0]) from None
        return
    raise CheckFailure(message, got="no error")
