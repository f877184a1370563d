"""Answers and comments as overlapping runs of letters, whatever stands between the words."""

import re
from collections.abc import Iterator, Sequence

from grader.similarity.code import LEXER, Fragment

# Letters in one fragment: three or four words.
LENGTH = 20
COMMENT = "comment"


def fragments(texts: Sequence[str]) -> Iterator[Fragment]:
    """Yield the fragments of texts: of each, all runs of LENGTH letters and digits."""
    for number, text in enumerate(texts):
        letters: list[str] = []
        lines: list[int] = []
        for line, words in enumerate(text.split("\n")):
            kept = [letter for letter in words.casefold() if letter.isalnum()]
            letters += kept
            lines += [line] * len(kept)
        whole = "".join(letters)
        # A letter can become two when its case is folded, each with a line of its own.
        for start in range(len(whole) - LENGTH + 1):
            key = hash(whole[start : start + LENGTH])
            yield Fragment(key, number, lines[start], lines[start + LENGTH - 1])


def comments(source: str) -> str:
    """Return the comments of a code cell, each on the line it has there."""
    lines = re.sub(r"[^\n]", "", source).split("\n")
    at = last = 0
    for match in LEXER.finditer(source):
        at += source.count("\n", last, match.start())
        last = match.start()
        if match.lastgroup == COMMENT:
            lines[at] = match[0]
    return "\n".join(lines)
