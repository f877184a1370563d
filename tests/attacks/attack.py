"""What an attack file says: what it tries, how, and what must come of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

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


@dataclass(frozen=True)
class WireAttack:
    """Bytes that a worker sends where an answer is due. `named` matches the error they cause.

    `naive` tells, given those bytes, whether a reader without limits is beaten by them.
    """

    tries: str
    must: str
    named: str
    send: bytes
    naive: Callable[[bytes], bool]


@dataclass(frozen=True)
class IntakeAttack:
    """A folder or archive of hand-ins. `pack` writes it and returns its path.

    `harmless` looks at the submissions that came of it, and at the folder around it; `naive`
    tells whether taking it in with the standard library alone does the harm.
    """

    tries: str
    must: str
    named: str
    pack: Callable[[Path], Path]
    naive: Callable[[Path, Path], bool]


@dataclass(frozen=True)
class PageAttack:
    """Text that a student controls and that ends up on a page, in a table or on a terminal.

    `place` says where it is put: output, markdown, name, source, table.
    """

    tries: str
    must: str
    place: str
    text: str
