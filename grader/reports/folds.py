"""`<details>` in markdown, the one piece of HTML our notebooks use: a hint folded away."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

OPEN = re.compile(r"<details>(?P<summary><summary>.*</summary>)?")
CLOSE = "</details>"
# Bounds the search for the closing tag, which every opening one starts anew.
LONGEST = 400
SUMMARY = re.compile(r"<summary>(?P<text>.*)</summary>")


def folds_plugin(parser: MarkdownIt) -> None:
    """Teach a parser to fold what stands between lines `<details>` and `</details>`.

    Only exactly these tags on lines of their own count, and only in pairs; all other HTML stays
    text. The `<summary>` is the line after the opening one, or ends it.
    """
    parser.block.ruler.before("fence", "fold", _fold, {"alt": ["paragraph", "blockquote", "list"]})


def _fold(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    opening = OPEN.fullmatch(_line(state, start))
    if opening is None:
        return False
    closing = _closing(state, start, end)
    if closing is None or silent:
        return closing is not None
    state.push("fold_open", "details", 1)
    summary = SUMMARY.fullmatch(opening["summary"] or _line(state, start + 1))
    first = start + (1 if opening["summary"] or summary is None else 2)
    _push_summary(state, summary["text"] if summary else "More")
    _push_inside(state, first, closing)
    state.push("fold_close", "details", -1)
    state.line = closing + 1
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()


def _closing(state: StateBlock, start: int, end: int) -> int | None:
    depth = 0
    for line in range(start, min(end, start + LONGEST)):
        text = _line(state, line)
        depth += (OPEN.fullmatch(text) is not None) - (text == CLOSE)
        if depth == 0:
            return line
    return None


def _push_summary(state: StateBlock, text: str) -> None:
    state.push("summary_open", "summary", 1)
    token = state.push("inline", "", 0)
    token.content, token.children = text.strip(), []
    state.push("summary_close", "summary", -1)


def _push_inside(state: StateBlock, first: int, closing: int) -> None:
    # TRAP: the tokenizer stops at `state.lineMax`, not at the line it is given.
    line_max, state.lineMax = state.lineMax, closing
    state.md.block.tokenize(state, first, closing)
    state.lineMax = line_max
