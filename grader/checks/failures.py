"""How a check says what is wrong: a sentence, and a witness kept apart from it."""

from dataclasses import dataclass
from typing import Any

from grader.model import Reveal


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
    """The student's code raised; `kinds` are the names of the error's class and its bases."""

    def __init__(self, message: str, kinds: list[str], text: str, lines: list[str]) -> None:
        super().__init__(message)
        self.kinds, self.text, self.lines = kinds, text, lines
