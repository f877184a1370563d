"""Pictures as data URIs, checked to be what they say they are."""

import base64
import binascii

PICTURE_LIMIT = 8 << 20
SVG_LIMIT = 2 << 20
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
SIGNATURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
}


def picture_uri(kind: str, content: str) -> str | None:
    """Return the data URI of a picture in base64, or None when it is not such a picture."""
    signature = SIGNATURES.get(kind)
    if signature is None or len(content) > PICTURE_LIMIT:
        return None
    try:
        data = base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return _uri(kind, data) if data.startswith(signature) else None


def svg_uri(content: str) -> str | None:
    """Return the data URI of a drawing; as an image it can neither run scripts nor load anything.

    One that declares entities is refused: they can grow without bound when they are expanded.
    """
    if SVG_NAMESPACE not in content or "<!ENTITY" in content or len(content) > SVG_LIMIT:
        return None
    return _uri("image/svg+xml", content.encode("utf-8", "replace"))


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
