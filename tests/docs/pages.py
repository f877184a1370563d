"""Read the pages of the documentation as Markdown: blocks, links, headings, words in backticks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
# Everything a reader may open; what `grader new-course` writes is read as well.
PAGES = sorted(
    [
        *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("data/*.md"),
        *ROOT.glob("grader/**/*.md"),
    ]
)  # fmt: skip
PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the file that it shows, if it does."""

    kind: str
    text: str
    file: str = ""


def name(page: Path) -> str:
    """Return how a page is called in the name of a test."""
    return str(page.relative_to(ROOT))


def tokens(page: Path) -> list[Token]:
    """Return the blocks of a page as the parser sees them."""
    return PARSER.parse(page.read_text(encoding="utf-8"))


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page; a line "`path`:" above one names the file it shows."""
    file = ""
    for token in tokens(page):
        if token.type == "inline":
            found = re.fullmatch(r"`([^`]+)`:", token.content)
            file = found[1] if found else ""
        elif token.type in {"fence", "code_block"}:
            yield Block(token.info.strip(), token.content, file)
            file = ""


def inline(page: Path) -> Iterator[Token]:
    """Yield the parts of every line of text: words, code, links, pictures."""
    for token in tokens(page):
        yield from token.children or ()


def code(page: Path) -> Iterator[str]:
    """Yield what stands between backticks."""
    for token in inline(page):
        if token.type == "code_inline":
            yield token.content


def links(page: Path) -> Iterator[str]:
    """Yield where links and pictures lead."""
    for token in inline(page):
        target = token.attrGet("href") or token.attrGet("src")
        if target:
            yield str(target)


def anchors(page: Path) -> set[str]:
    """Return the ids of the headings of a page, as GitHub and the site make them."""
    found: set[str] = set()
    before = None
    for token in tokens(page):
        if before == "heading_open":
            plain = "".join(part.content for part in token.children or ())
            slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
            found.add(slug)
        before = token.type
    return found
