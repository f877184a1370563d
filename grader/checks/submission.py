"""A student's functions, classes and variables, seen from the safe side of the wall."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy

from grader.checks.failures import Blank, CheckFailure, LinkBrokenError, StudentError
from grader.checks.link import Frame, Link
from grader.errors import WireError
from grader.wire import messages
from grader.wire.arrays import is_tensor
from grader.wire.steps import Ask, Step
from grader.wire.values import Packer, Reference, Unpacker, Value

BLANK = "NotImplementedError"
# What is older says less, and a submission decides how much each answer holds.
TRACE_LENGTH = 1000


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
        # What objects were made by, in the check's own words.
        self._makers: dict[int, str] = {}

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
        value = self.exchange(Step(name, ask=Ask.read))
        if isinstance(value, RemoteObject) and value.kind == "ellipsis":
            raise Blank(f"`{name}` is still blank.")
        return value

    def read(self, target: "RemoteObject", *path: str) -> Any:
        """Return an attribute of an object."""
        return self.exchange(Step(target.reference, path, ask=Ask.read))

    def call_and_look(
        self, name: str, *args: Any, of: "RemoteObject | None" = None
    ) -> tuple[Any, list[Any]]:
        """Call a function, or a method `of` an object, and look at the arguments afterwards.

        Returns the result, and the arguments as the call left them.
        """
        step = Step(name) if of is None else Step(of.reference, (name,))
        pair = self.exchange(replace(step, args=args, ask=Ask.look))
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
        step = replace(_step(target, method, args), ask=Ask.gradients, weights=weights)
        answer = self.exchange(step)
        if not (isinstance(answer, tuple) and len(answer) == 3):
            raise LinkBrokenError(WireError("an answer of the wrong kind"))
        return Gradients(*answer)

    def on_meta(
        self, target: "str | RemoteObject", *args: Any, method: str = ""
    ) -> list[tuple[str, str, list[int]]]:
        """Call on torch's meta device; return (device, dtype, shape) of each tensor that results.

        Fails as any call does when the code makes a tensor on another device on the way.
        """
        found = self.exchange(replace(_step(target, method, args), ask=Ask.meta))
        if not (isinstance(found, list) and all(isinstance(item, tuple) for item in found)):
            raise LinkBrokenError(WireError("an answer of the wrong kind"))
        return found

    def define(self, source: str) -> None:
        """Run code of the assignment's own in the notebook: what stands in for an exercise."""
        self.exchange(Step("", args=(source,), ask=Ask.define))

    def stand_in(self, name: str, function: Callable[..., Any]) -> None:
        """Put a function of the checker in the place of an exercise this one builds on."""
        reference = self._link.refer(function)
        self._request(messages.Replace(messages.new_id(), name, reference), [])

    def seed(self, seed: int) -> None:
        """Set every generator of the submission."""
        self.exchange(Step("", args=(seed,), ask=Ask.seed))

    def exchange(self, step: Step) -> Any:
        """Ask one question, keep it with its answer in `trace`, and return the answer."""
        packer = Packer(self._refer)
        reply, payload = self._request(message_for(step, packer), packer.buffers)
        kept = replace(step, args=snapshot(step.args))
        if not isinstance(reply, messages.Result):
            failure = failure_of(step, self._maker(step.target), reply)
            kind = failure.kinds[0] if isinstance(failure, StudentError) else "missing"
            self.trace.append(replace(kept, error=kind))
            raise failure
        result = self._unpack(reply.value, payload)
        if isinstance(result, RemoteObject):
            self._makers[result.reference.number] = self._maker(step.target)
        self.trace.append(replace(kept, result=plain(result)))
        return result

    def _maker(self, target: str | Reference) -> str:
        return target if isinstance(target, str) else self._makers.get(target.number, "the object")

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

    def _refer(self, value: object) -> Reference:
        if isinstance(value, RemoteObject):
            return value.reference
        if isinstance(value, Reference):
            return value
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


def message_for(step: Step, packer: Packer) -> messages.ToWorker:
    """Return the message that asks what a step asks."""
    number, path, target = messages.new_id(), list(step.path), step.target
    if step.ask is Ask.define:
        return messages.Define(number, *step.args)
    if step.ask is Ask.seed:
        return messages.Seed(number, *step.args)
    if step.ask is Ask.read:
        return messages.Read(number, target, path)
    args = [packer.pack(arg) for arg in step.args]
    if step.ask is Ask.gradients:
        return messages.Differentiate(number, target, path, args, packer.pack(step.weights))
    if step.ask is Ask.meta:
        return messages.CallOnMeta(number, target, path, args)
    kwargs = [(name, packer.pack(arg)) for name, arg in step.kwargs.items()]
    return messages.Call(number, target, path, args, kwargs, step.ask is Ask.look)


def _step(target: str | RemoteObject, method: str, args: tuple[Any, ...]) -> Step:
    start = target if isinstance(target, str) else target.reference
    return Step(start, (method,) if method else (), args)


def plain(value: Any) -> Any:
    """Return a value with every `RemoteObject` in it replaced by its reference."""
    if isinstance(value, RemoteObject):
        return value.reference
    if isinstance(value, list | tuple):
        return type(value)(plain(item) for item in value)
    return value


def snapshot(value: Any) -> Any:
    """Return `plain` of a value that a check may change later, and use again."""
    if isinstance(value, list | tuple):
        return type(value)(snapshot(item) for item in value)
    if isinstance(value, numpy.ndarray):
        return value.copy()
    if is_tensor(value):
        return value.detach().clone().requires_grad_(value.requires_grad)
    return plain(value)


def failure_of(step: Step, whole: str, reply: messages.FromWorker) -> CheckFailure:
    """Return the failure that a reply without a result stands for; `whole` is what was asked.

    Its message is read by students whatever the policy: it repeats what was asked, never what the
    worker says, for student code may put a hidden input into any name.
    """
    name = ".".join((whole, *step.path))
    if isinstance(reply, messages.Missing):
        if reply.name == step.target:
            return CheckFailure(f"The notebook defines no `{reply.name}`.")
        if reply.name in step.path:
            return CheckFailure(f"`{whole}` has no `{reply.name}`.")
        return CheckFailure(f"`{name}` is not all there.", got=reply.name)
    if not isinstance(reply, messages.Raised):
        raise LinkBrokenError(WireError("an answer of the wrong kind"))
    if BLANK in reply.bases:
        return Blank(f"`{name}` is still blank.")
    if reply.kind == "WireError":
        return CheckFailure(f"`{name}` returned something that cannot be checked.", got=reply.text)
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
