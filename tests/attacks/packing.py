"""What hand-ins are packed with: notebooks, archives, and archives no program would write."""

import io
import json
import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def notebook(*sources: str, **extra: Any) -> bytes:
    """Return a notebook of code cells."""
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 2, "cells": cells, **extra}).encode()


def zipped(
    *entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """Return an archive of these files, in order."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method, compresslevel=1) as archive:
        for name, content in entries:
            archive.writestr(name, content, compress_type=method)
    return whole.getvalue()


def link(name: str, target: Path) -> tuple[zipfile.ZipInfo, bytes]:
    """Return an entry that unpacks to a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, str(target).encode()


def handmade(
    names: Sequence[bytes],
    content: bytes,
    *,
    flags: int = 0,
    stored: bool = False,
    overlap: int = 1,
    **lies: int,
) -> bytes:
    """Return an archive, byte by byte, of files of one content; its table of contents may lie.

    The table lists every file `overlap` times; `size` and `packed` are sizes in it.
    """
    squeeze = zlib.compressobj(1, zlib.DEFLATED, -15)
    packed = content if stored else squeeze.compress(content) + squeeze.flush()
    head = struct.pack(
        "<HHHHHLLL",
        *(20, flags, 0 if stored else 8, 0, 33, zlib.crc32(content)),
        *(lies.get("packed", len(packed)), lies.get("size", len(content))),
    )
    files = table = b""
    for name in names:
        at = struct.pack("<HHHHHLL", len(name), 0, 0, 0, 0, 0, len(files))
        table += (b"PK\1\2\x14\3" + head + at + name) * overlap
        files += b"PK\3\4" + head + struct.pack("<HH", len(name), 0) + name + packed
    count = min(overlap * len(names), 0xFFFF)
    end = struct.pack("<HHHHLLH", 0, 0, count, count, len(table), len(files), 0)
    return files + table + b"PK\5\6" + end
