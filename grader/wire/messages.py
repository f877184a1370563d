"""Everything that may cross the wall, as typed records; decoding refuses anything else."""

import secrets
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from grader.errors import WireError
from grader.wire.values import Name, Value

# What a worker says of an error ends up in results and on pages: its length is bounded here.
Text = Annotated[str, Meta(max_length=4000)]
Names = Annotated[list[Name], Meta(max_length=8)]
Lines = Annotated[list[Text], Meta(max_length=8)]


class Stream(Struct, frozen=True, tag="stream"):
    """Text that a cell printed."""

    name: str
    text: str


class Display(Struct, frozen=True, tag="display"):
    """What a cell showed, by MIME type; binary kinds are base64 text as in nbformat."""

    data: dict[str, str]
    is_result: bool


class Error(Struct, frozen=True, tag="error"):
    """The error that ended a cell."""

    kind: str
    text: str
    traceback: list[str]


Output = Stream | Display | Error


class RunCell(Struct, frozen=True, tag="run_cell"):
    """Run one code cell; answered by `CellDone`. `number` counts the code cells from 1."""

    id: int
    number: int
    source: str
    seconds: float


class Read(Struct, frozen=True, tag="read"):
    """Read a name of the notebook, or an attribute path of it; answered by `Result`."""

    id: int
    target: Value
    path: list[str]


class Call(Struct, frozen=True, tag="call"):
    """Call a name of the notebook, or an attribute path of it; answered by `Result`.

    With `echo` the answer is a pair: the result, and the arguments as the call left them.
    """

    id: int
    target: Value
    path: list[str]
    args: list[Value]
    kwargs: list[tuple[str, Value]]
    echo: bool = False


class Differentiate(Struct, frozen=True, tag="differentiate"):
    """Call as `Call` does, and differentiate the sum of the result's entries times `weights`.

    Answered by `Result` with the result, the gradients of the arguments, and those of the
    object's parameters by name.
    """

    id: int
    target: Value
    path: list[str]
    args: list[Value]
    weights: Value


class CallOnMeta(Struct, frozen=True, tag="call_on_meta"):
    """Call with all tensors on torch's meta device, which has shapes and no numbers.

    Answered by `Result` with the device, dtype and shape of each tensor that comes out.
    """

    id: int
    target: Value
    path: list[str]
    args: list[Value]


class Define(Struct, frozen=True, tag="define"):
    """Run code of the assignment's in the notebook; answered by `Result`."""

    id: int
    source: str


class Replace(Struct, frozen=True, tag="replace"):
    """Let a function of the checker stand in for a name; answered by `Result`."""

    id: int
    name: str
    value: Value


class Fork(Struct, frozen=True, tag="fork"):
    """Fork the executed notebook; a socket travels along, and the fork says `Ready` on it.

    It may compute for so many seconds. On another device than the CPU it first takes that: the
    graphics card of this name, of whose memory it may use a share. Where that cannot be done it
    answers `Raised` instead.
    """

    id: int
    seconds: float
    device: str = "cpu"
    card: str = ""
    share: float = 1.0


class Seed(Struct, frozen=True, tag="seed"):
    """Set every random generator; answered by `Result`."""

    id: int
    seed: int


class Forget(Struct, frozen=True, tag="forget"):
    """End a fork: kill it if it still runs. Not answered."""

    id: int


class Answer(Struct, frozen=True, tag="answer"):
    """The checker's answer to a `Callback`."""

    id: int
    value: Value
    error: str


class Ready(Struct, frozen=True, tag="ready"):
    """A worker, or a fork of it, is up; `walls` names what a worker stands behind."""

    id: int
    walls: list[str] = []


class CellDone(Struct, frozen=True, tag="cell_done"):
    """A cell has run; `note` says in words why it did not finish."""

    id: int
    ok: bool
    outputs: list[Output]
    note: Name


class Result(Struct, frozen=True, tag="result"):
    """The value asked for."""

    id: int
    value: Value


class Raised(Struct, frozen=True, tag="raised"):
    """The student's code raised; `lines` are the frames in the student's own cells."""

    id: int
    kind: Name
    bases: Names
    text: Text
    lines: Lines


class Missing(Struct, frozen=True, tag="missing"):
    """The notebook has no such name, or the object no such attribute."""

    id: int
    name: Name


class Callback(Struct, frozen=True, tag="callback"):
    """The student's code calls a function of the checker, in the middle of a `Call`."""

    id: int
    function: int
    args: list[Value]
    kwargs: list[tuple[str, Value]]


class Ended(Struct, frozen=True, tag="ended"):
    """The minder of a worker reports that it is over, and why: its last words to the grader.

    `notes` say what was tried in there or had to be stopped; a worker has a hand in them. `stopped`
    tells that it took more than it may.
    """

    id: int
    status: int
    reason: str
    notes: list[str] = []
    stopped: bool = False


Question = Read | Call | Differentiate | CallOnMeta
ToWorker = RunCell | Question | Replace | Define | Fork | Seed | Forget | Answer
FromWorker = Ready | CellDone | Result | Raised | Missing | Callback

Message = TypeVar("Message")

_encoder = msgspec.msgpack.Encoder()
_to_worker: msgspec.msgpack.Decoder[ToWorker] = msgspec.msgpack.Decoder(ToWorker)
_from_worker: msgspec.msgpack.Decoder[FromWorker] = msgspec.msgpack.Decoder(FromWorker)

_ended: msgspec.msgpack.Decoder[Ended] = msgspec.msgpack.Decoder(Ended)


def new_id() -> int:
    """Return a request number nobody can guess, so that no answer can be sent ahead of it."""
    return secrets.randbits(62)


def encode(message: Struct) -> bytes:
    """Return the bytes of a message; half characters in its texts become question marks."""
    try:
        return _encoder.encode(message)
    except UnicodeEncodeError:
        return _encoder.encode(_whole(msgspec.to_builtins(message)))


def _whole(part: Any) -> Any:
    if isinstance(part, str):
        return part.encode("utf-8", "replace").decode()
    if isinstance(part, dict):
        return {_whole(key): _whole(value) for key, value in part.items()}
    return [_whole(item) for item in part] if isinstance(part, list | tuple) else part


def decode_to_worker(data: bytes | memoryview) -> ToWorker:
    """Read a message of the trusted side."""
    return _decode(_to_worker, data)


def decode_from_worker(data: bytes | memoryview) -> FromWorker:
    """Read a message of the hostile side; raises `WireError` and nothing else."""
    return _decode(_from_worker, data)


def decode_ended(data: bytes | memoryview) -> Ended:
    """Read the report of a minder."""
    return _decode(_ended, data)


def _decode(decoder: msgspec.msgpack.Decoder[Message], data: bytes | memoryview) -> Message:
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        # The error's own text may quote the hostile message, at any length: name its class only.
        kind = type(error).__name__
        raise WireError(f"a message does not follow the protocol ({kind})") from None
