"""Pictures as data URIs, checked to be what they say they are."""

import base64
import binascii
import re
from collections.abc import Iterator

PICTURE_LIMIT = 8 << 20
SVG_LIMIT = 2 << 20
# A few kilobytes can ask a browser for gigabytes of pixels.
PIXEL_LIMIT = 40_000_000
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
SIGNATURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
}
# The head of a JPEG frame: its marker, the length, a depth, then height and width.
FRAME = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]...(....)", re.DOTALL)


def picture_uri(kind: str, content: str) -> str | None:
    """Return the data URI of a picture in base64, or None when it is not such a picture."""
    signature = SIGNATURES.get(kind)
    if signature is None or len(content) > PICTURE_LIMIT:
        return None
    try:
        data = base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    is_modest = data.startswith(signature) and pixels(kind, data) <= PIXEL_LIMIT
    return _uri(kind, data) if is_modest else None


def pixels(kind: str, data: bytes) -> int:
    """Return how many pixels a picture says it has; none where it does not say."""
    if kind == "image/png" and len(data) >= 24:
        return int.from_bytes(data[16:20], "big") * int.from_bytes(data[20:24], "big")
    if kind == "image/gif" and len(data) >= 10:
        return int.from_bytes(data[6:8], "little") * int.from_bytes(data[8:10], "little")
    sizes = [FRAME.match(data, at) for at in _segments(data)] if kind == "image/jpeg" else []
    return max((area(found[1]) for found in sizes if found), default=0)


def area(sides: bytes) -> int:
    """Return height times width, as JPEG writes them."""
    return int.from_bytes(sides[:2], "big") * int.from_bytes(sides[2:], "big")


def _segments(data: bytes) -> Iterator[int]:
    """Yield where the segments of a JPEG file begin, up to the picture itself."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        yield at
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))


def svg_uri(content: str) -> str | None:
    """Return the data URI of a drawing; as an image it can neither run scripts nor load anything.

    One that declares entities is refused: they can grow without bound when they are expanded.
    """
    if SVG_NAMESPACE not in content or "<!ENTITY" in content or len(content) > SVG_LIMIT:
        return None
    return _uri("image/svg+xml", content.encode("utf-8", "replace"))


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
