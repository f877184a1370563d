"""Code as fragments that renaming, reordering and new layout leave as they are."""

import builtins
import keyword
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

# Tokens in one fragment: about a line of code. Fewer survive more changes, and say less.
LENGTH = 8
# A run of fewer says too little to be anybody's own.
LEAST = 6
# TRAP: a text without an end is looked for from each of its quotes, so its length is bounded.
LEXER = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
  | (?P<text>[rRbBuUfFtT]{0,2}
      (?:'{3}(?:\\[\s\S]|[^\\]){0,4000}?'{3}|"{3}(?:\\[\s\S]|[^\\]){0,4000}?"{3}
        |'(?:\\[\s\S]|[^\\'\n])*'|"(?:\\[\s\S]|[^\\"\n])*"))
  | (?P<number>0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[jJ]?)
  | (?P<name>[^\W\d]\w*)
  | (?P<sign>(?:\*\*|//|>>|<<|[-+*/%@&|^])=|\*\*|//|<<|>>|->|:=|[<>=!]=|[-+*/%@&|^~<>=.!?$])
  | (?P<line>\n)
    """,
    re.VERBOSE,
)
KEPT = frozenset(keyword.kwlist) | frozenset(dir(builtins))
OPENS = frozenset({"def", "class"})
OWN_ATTRIBUTES = re.compile(r"\.[ \t]*(\w+)[ \t]*(?:[-+*/]?=(?!=)|:[ \t])|\bdef[ \t]+(\w+)")


@dataclass(frozen=True)
class Token:
    """A word of code and its line; `name` instead of `word` for a name of the student's own."""

    word: str
    name: str
    line: int


@dataclass(frozen=True)
class Fragment:
    """A few tokens in a row: their key, the cell they lie in, their first and last line from 0."""

    key: int
    cell: int
    first: int
    last: int


def fragments(cells: Sequence[str], given: frozenset[str] = frozenset()) -> Iterator[Fragment]:
    """Yield the fragments of code cells, in order; a cell need not be Python.

    The names in `given` stand for themselves, as do those of the language and the attributes of
    libraries. Any other name counts only by how far back it was used before.
    """
    own = {a or b for source in cells for a, b in OWN_ATTRIBUTES.findall(source)} - given
    for number, source in enumerate(cells):
        for run in runs(tokens(source, given | KEPT, own)):
            yield from _grams(run, number)


def tokens(source: str, kept: frozenset[str], own: set[str]) -> Iterator[Token]:
    """Yield the tokens that are more than layout: no brackets, commas, comments or docstrings."""
    line, begins, before = 0, True, ""
    last: Token | None = None
    for match in LEXER.finditer(source):
        kind, text = match.lastgroup, match[0]
        if kind == "line":
            line, begins = line + 1, True
        elif kind == "text":
            if not (begins and source[match.end() : match.end() + 1] in {"", "\n"}):
                last = Token("''", "", line)
                yield last
            line, begins = line + text.count("\n"), False
        elif kind == "name":
            last = _name(text, line, kept, own, is_attribute=before == ".")
            yield last
            begins = False
        elif kind == "number":
            last = Token(_number(text), "", line)
            yield last
        elif kind == "sign" and text != ".":
            yield from _sign(text, line, last)
        before = text


def runs(found: Iterable[Token]) -> Iterator[list[Token]]:
    """Yield the tokens of each function and class apart, so that their order does not matter."""
    run: list[Token] = []
    for token in found:
        if token.word in OPENS and run:
            yield run
            run = []
        run.append(token)
    if run:
        yield run


def _name(
    text: str, line: int, kept: frozenset[str], own: set[str], *, is_attribute: bool
) -> Token:
    if is_attribute:
        return Token("", f".{text}", line) if text in own else Token(f".{text}", "", line)
    return Token(text, "", line) if text in kept else Token("", text, line)


def _number(text: str) -> str:
    try:
        return repr(float(text.replace("_", "")))
    except ValueError:
        return text


def _sign(text: str, line: int, last: Token | None) -> Iterator[Token]:
    """Yield a sign; `x += 1` as `x = x + 1`."""
    if text[-1] == "=" and text[:-1] not in {"", "<", ">", "=", "!", ":"} and last is not None:
        yield from (Token("=", "", line), last, Token(text[:-1], "", line))
    else:
        yield Token(text, "", line)


def _grams(run: list[Token], cell: int) -> Iterator[Fragment]:
    """Yield all stretches of LENGTH tokens, in which a name is the distance to its last use."""
    if len(run) < LEAST:
        return
    code: list[int | str] = []
    next_use: dict[int, int] = {}
    seen: dict[str, int] = {}
    for at, token in enumerate(run):
        if token.name:
            before = seen.get(token.name)
            if before is not None:
                next_use[before] = at
            code.append(at - before if before is not None else 0)
            seen[token.name] = at
        else:
            code.append(token.word)
    for start in range(max(1, len(run) - LENGTH + 1)):
        gram = code[start : start + LENGTH]
        end = start + len(gram) - 1
        yield Fragment(hash(tuple(gram)), cell, run[start].line, run[end].line)
        # What was used in the token that goes has no use before it any more.
        if start in next_use:
            code[next_use[start]] = 0
