"""How a check says what is wrong: a sentence, and a witness kept apart from it."""

import builtins
from dataclasses import dataclass
from typing import Any

from grader.errors import WireError
from grader.model import Reveal
from grader.wire.messages import Raised


@dataclass(frozen=True)
class Witness:
    """The smallest input found that breaks a property, and what came of it; all as short text."""

    call: str = ""
    where: str = ""
    got: str = ""
    expected: str = ""

    def lines(self, reveal: Reveal) -> list[str]:
        """Return the lines that may be shown at a level of openness."""
        if reveal is Reveal.property:
            return []
        shown = [("with", self.call), ("at", self.where), ("got", self.got)]
        if reveal is Reveal.everything:
            shown.append(("expected", self.expected))
        return [f"{name}: {text}" for name, text in shown if text]


class LinkBrokenError(BaseException):
    """The submission did not answer, or not in time, or not by the rules; `error` says which.

    Not an Exception, so that it ends a hypothesis test at once: shrinking would only ask again.
    """

    def __init__(self, error: WireError) -> None:
        super().__init__(str(error))
        self.error = error


class CheckFailure(AssertionError):
    """The student's work does not have the property.

    `message` may be read by the student whatever the policy says, so it must not quote a hidden
    input or an expected value; those belong into `got`, `expected` and `where`.
    """

    def __init__(self, message: str, got: Any = "", expected: Any = "", where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.got, self.expected, self.where = got, expected, where


class Blank(CheckFailure):
    """The exercise has not been written yet."""


class StudentError(CheckFailure):
    """The student's code raised; `kinds` are the names of the error's class and its bases.

    The error's own text may quote a hidden input, and so may the name of a class made for that:
    they are part of the witness, not of the message.
    """

    def __init__(self, name: str, raised: Raised) -> None:
        where = raised.lines[-1] if raised.lines else ""
        known = next((kind for kind in raised.bases if kind in KNOWN_ERRORS), "an error")
        text = raised.text if known == raised.kind else f"{raised.kind}: {raised.text}"
        super().__init__(f"`{name}` raised {known}.", got=text[:300], where=where)
        self.kinds = raised.bases


KNOWN_ERRORS = {"GivenFunctionError", "LinAlgError", "OutOfMemoryError"} | {
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}
