"""What the grader and its own processes say to each other."""

import socket
from fractions import Fraction
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from grader.errors import GraderFault
from grader.model import CheckResult, Isolation, Level, Limits, Reveal
from grader.wire.channel import Channel


class StartWorker(Struct, frozen=True, tag="start_worker"):
    """Start a worker in `scratch`; the worker's wire and its minder's control travel along.

    With `gpu` the graphics cards are within its walls.
    """

    scratch: str
    seed: int
    limits: Limits
    gpu: bool = False


class Prepare(Struct, frozen=True, tag="prepare"):
    """Find the strongest walls, up to a level, that show workers nothing of `hidden`.

    `most_abi` pretends that the kernel's Landlock is no newer.
    """

    hidden: list[str]
    at_most: Level
    most_abi: int | None = None


class Prepared(Struct, frozen=True, tag="prepared"):
    """The worker source has warmed up and found its walls."""

    isolation: Isolation


class LoadChecks(Struct, frozen=True, tag="load_checks"):
    """Collect the checks of an assignment in a process of their own; its wire travels along.

    Without `hidden` only the public checks are loaded.
    """

    assignment: str
    public: str
    hidden: str
    secret: str
    depends: dict[str, list[str]]
    seconds: float
    reveal: Reveal


class ChecksLoaded(Struct, frozen=True, tag="checks_loaded"):
    """The checks are ready, each with its exercise; or why they are not."""

    checks: list[CheckResult]
    error: str = ""
    chances: "list[ChanceTaken]" = []


class ChanceTaken(Struct, frozen=True):
    """A statistical comparison: at most so many draws, to detect an error of a probability.

    Both are 0 for a claim about a random run that a second private seed has to confirm.
    """

    exercise: str
    check: str
    draws: int = 0
    detects: float = 0.0


class CallJudge(Struct, frozen=True, tag="call_judge"):
    """Fork a judge for one submission; its wire travels along."""


class Called(Struct, frozen=True, tag="called"):
    """A judge is there; its process id, for the case that it has to be ended."""

    process: int


class Begin(Struct, frozen=True, tag="begin"):
    """Judge a worker, whose wire travels along, by the checks named here (exercise, check).

    Forks take the graphics card of this name, and a share of its memory, where `device` is one.
    Exercises that are known to have `failed` already are not judged again, and still count as such.
    """

    checks: list[tuple[str, str]]
    device: str
    card: str = ""
    share: float = 1.0
    failed: list[str] = []


class Judged(Struct, frozen=True, tag="judged"):
    """The results of some checks of one exercise, and what is to be said about it.

    `told` is about a graphics card and for the TA; `starved` names the checks that it had not
    enough memory for.

    For the certificate: how much of its tolerance each check has `used`, and in `fits` all mistakes
    that would have answered the same.
    """

    results: list[CheckResult]
    note: str = ""
    lost: bool = False
    told: list[str] = []
    starved: list[str] = []
    used: dict[str, float] = {}
    fits: list[str] = []


class Finished(Struct, frozen=True, tag="finished"):
    """All that could be judged has been."""


Order = (
    StartWorker
    | Prepare
    | Prepared
    | LoadChecks
    | ChecksLoaded
    | CallJudge
    | Called
    | Begin
    | Judged
    | Finished
)
Kind = TypeVar("Kind")


def _to_text(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(type(value).__name__)


def _from_text(kind: type, value: Any) -> Any:
    if kind is Fraction:
        return Fraction(value)
    raise TypeError(kind.__name__)


_encoder = msgspec.msgpack.Encoder(enc_hook=_to_text)
_decoder: msgspec.msgpack.Decoder[Order] = msgspec.msgpack.Decoder(Order, dec_hook=_from_text)


def encode(order: Struct) -> bytes:
    """Return the bytes of an order."""
    return _encoder.encode(order)


def decode(data: bytes | memoryview) -> Order:
    """Read an order; both ends are ours."""
    return _decoder.decode(data)


def order_channel(end: socket.socket) -> Channel[Order]:
    """Return one end of a wire between two processes of the grader's own."""
    return Channel(end, decode, encode, accept_files=True)


def expect(order: Order, kind: type[Kind]) -> Kind:
    """Return an order if it is of the kind that must come now; raises `GraderFault`."""
    if not isinstance(order, kind):
        raise GraderFault(f"one of the grader's own processes sent {type(order).__name__}")
    return order
