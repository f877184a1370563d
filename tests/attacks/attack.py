"""What an attack file says: what it tries, how, and what must come of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from grader.wire.channel import HEADER, MAGIC

# A word that stands only in places student code must not reach.
CANARY = "CANARY-7f3a91"
# What attack code prints when it has got what it wanted; $SAY in its source does so, and is
# written so that a traceback which quotes the source does not say it too.
WON = "WON"
SAY = "print(''.join(['W', 'O', 'N']))"

FULL: Mapping[str, float] = {"double": 1, "quadruple": 2, "integrate": 1.5, "Scale": 1}


@dataclass(frozen=True)
class Attack:
    """A notebook of the mini assignment that wants more than it deserves.

    The notebook is the solution, with the cells of some exercises replaced (`wrote`), and more
    cells before (`first`) or after (`then`) everything else. In the code, $NAME stands for what
    `world.World.names` gives. The attack has succeeded when an exercise of `wrote` gets more than
    `deserves` (nothing, if it does not say), any other one less than full points, when WON or
    the canary comes back in outputs or messages, or when something outside has changed.
    `$SAY` in its code is the statement that prints WON.

    `beats` names the unprotected setting in which it does succeed: `naive`, a grader that runs
    notebook and checks in one interpreter, or `bare`, our own worker without its walls.
    """

    tries: str
    must: str
    # A regular expression that the incidents or the messages of failed checks must match.
    named: str
    wrote: Mapping[str, str] = field(default_factory=dict)
    first: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    deserves: Mapping[str, float] = field(default_factory=dict)
    beats: str = "bare"

    def deserved(self, exercise: str) -> float:
        """Return the points an exercise deserves."""
        return self.deserves.get(exercise, 0 if exercise in self.wrote else FULL[exercise])


# The request that is on the wire when a `WireAttack` comes, and the right answer to it.
REQUEST = 4711
RIGHT = 6.0


def frame(body: bytes, payload: bytes = b"", size: int | None = None) -> bytes:
    """Return a frame; `size` announces another payload than the one that follows."""
    announced = len(payload) if size is None else size
    return HEADER.pack(MAGIC, len(body), announced) + body + payload


def result(value: bytes, payload: bytes = b"") -> bytes:
    """Return the frame of a `Result` that holds some MessagePack."""
    number = msgspec.msgpack.encode(REQUEST)
    return frame(b"\x83\xa4type\xa6result\xa2id" + number + b"\xa5value" + value, payload)


def answer(value: Any, payload: bytes = b"") -> bytes:
    """Return the frame of a `Result` that holds a value in the form it has on the wire."""
    return result(msgspec.msgpack.encode(value), payload)


@dataclass(frozen=True)
class WireAttack:
    """Bytes that a worker sends where the answer to `REQUEST` is due; it then says no more.

    `named` matches the error they cause, as `WireError: text`, or the harmless value that comes
    of them, as `value: text`. The bytes are sent one by one with a `pause` between them, if there
    is one, and `files` descriptors travel along.
    """

    tries: str
    must: str
    named: str
    send: bytes
    pause: float = 0.0
    files: int = 0


@dataclass(frozen=True)
class IntakeAttack:
    """Hand-ins that do harm before any code of theirs is run; `pack` puts them into a folder.

    An honest hand-in lies in the folder already. Beside the folder lie a hand-in of a classmate,
    with the canary in it, and a file `outside`. `named` matches what the TA is told: the names of
    the submissions that come of it, and why some were refused. `naive` matches what becomes of an
    intake as it is usually written.
    """

    tries: str
    must: str
    named: str
    pack: Callable[[Path], None]
    naive: str


@dataclass(frozen=True)
class PageAttack:
    """Text that a student controls and that ends up on a page, in a table or on a terminal.

    `place` says where it is put: output (as one of MIME type `kind`, or a stream), markdown,
    source, name, terminal, table. $SCRIPT in it stands for a script, $URL for an address of the
    attacker's. `naive` matches what becomes of it where nothing is escaped: what a browser does,
    or the text that is printed or written; nothing of the kind may become of it in ours.
    """

    tries: str
    must: str
    place: str
    text: str
    naive: str
    kind: str = ""
