"""Cells of a stranger's notebook, cut down to text of known kinds and bounded size."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grader.reports.text import shorten

Output = dict[str, Any]

TEXT_LIMIT = 20_000
HTML_LIMIT = 60_000
SOURCE_LIMIT = 40_000
PAGE_TEXT = 600_000
PAGE_PICTURES = 24 << 20

PICTURE_KINDS = ("image/svg+xml", "image/png", "image/jpeg", "image/gif")
TEXT_KINDS = ("text/html", "text/latex", "text/markdown", "text/plain")
SPENT = "Not shown: this page has reached its size limit."


class Allowance:
    """What the cells of one page may still take up."""

    def __init__(self, text: int = PAGE_TEXT, pictures: int = PAGE_PICTURES) -> None:
        self.text, self.pictures = text, pictures

    def takes(self, text: int = 0, pictures: int = 0) -> bool:
        """Take a size off; tell whether there was enough left."""
        self.text -= text
        self.pictures -= pictures
        return self.text >= 0 and self.pictures >= 0


def tame(outputs: Iterable[Mapping[str, object]], allowance: Allowance) -> list[Output]:
    """Return outputs in our own form; those the page has no room for become one sentence."""
    shown: list[Output] = []
    for output in outputs:
        tamed = _tame(output)
        if not allowance.takes(*_sizes(tamed)):
            return [*shown, {"output_type": "notice", "text": SPENT}]
        shown.append(tamed)
    return shown


def tame_source(source: str, allowance: Allowance) -> str:
    """Return the source of a cell, cut where it is too long to be read."""
    short = shorten(source, SOURCE_LIMIT)
    return short if allowance.takes(text=len(short)) else SPENT


def tame_attachments(attachments: object, allowance: Allowance) -> dict[str, dict[str, str]]:
    """Return the pictures attached to a cell; none where the page has no room for them."""
    if not isinstance(attachments, Mapping):
        return {}
    kept = {
        str(name): {str(kind): joined(content) for kind, content in kinds.items()}
        for name, kinds in attachments.items()
        if isinstance(kinds, Mapping)
    }
    size = sum(len(content) for kinds in kept.values() for content in kinds.values())
    return kept if allowance.takes(pictures=size) else {}


def _tame(output: Mapping[str, object]) -> Output:
    kind = output.get("output_type")
    if kind == "stream":
        text = shorten(joined(output.get("text")), TEXT_LIMIT)
        return {"output_type": "stream", "name": joined(output.get("name")), "text": text}
    if kind == "error":
        return {
            "output_type": "error",
            "text": shorten(_traceback(output), TEXT_LIMIT, keep_end=True),
        }
    data = output.get("data")
    return {"output_type": "display_data", **_data(data if isinstance(data, Mapping) else {})}


def _data(data: Mapping[object, object]) -> Output:
    kept = {kind: joined(data.get(kind)) for kind in (*PICTURE_KINDS, *TEXT_KINDS) if kind in data}
    for kind in TEXT_KINDS[1:]:
        if kind in kept:
            kept[kind] = shorten(kept[kind], TEXT_LIMIT)
    if len(kept.get("text/html", "")) > HTML_LIMIT:
        # Half a table is worse than its plain text.
        del kept["text/html"]
    dropped = sorted(str(kind)[:80] for kind in data if kind not in kept)
    return {"data": kept, "dropped": dropped[:5]}


def _traceback(output: Mapping[str, object]) -> str:
    lines = output.get("traceback")
    text = joined(lines, "\n") if lines else ""
    return text or f"{joined(output.get('ename'))}: {joined(output.get('evalue'))}"


def joined(text: object, between: str = "") -> str:
    """Return a text that nbformat may have split into lines; anything else is empty."""
    if isinstance(text, str):
        # TRAP: JSON can hold lone surrogates, which the HTML cleaner refuses to take.
        return text.encode("utf-8", "replace").decode("utf-8")
    if isinstance(text, Sequence):
        return between.join(joined(part) for part in text if isinstance(part, str))
    return ""


def _sizes(output: Output) -> tuple[int, int]:
    data = output.get("data", {})
    pictures = sum(len(data.get(kind, "")) for kind in PICTURE_KINDS)
    text = sum(len(data.get(kind, "")) for kind in TEXT_KINDS)
    return text + len(output.get("text", "")), pictures
