"""Edits of the file as a whole, byte by byte."""

import json
import re
from random import Random

from tests.damage.tools import FILES, MARKS, SENTENCE, edit

NOT_JSON = "not a notebook|end in the middle|ends in the middle"


@edit(MARKS, to=FILES)
def byte_order_mark(rng: Random, data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data


@edit(MARKS, to=FILES)
def wide_characters(rng: Random, data: bytes) -> bytes:
    return data.decode().encode("utf-16")


@edit(MARKS, to=FILES)
def windows_file(rng: Random, data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


@edit(MARKS, to=FILES)
def compact_file(rng: Random, data: bytes) -> bytes:
    return json.dumps(json.loads(data), separators=(",", ":")).encode()


@edit(MARKS, to=FILES)
def raw_line_ends(rng: Random, data: bytes) -> bytes:
    return re.sub(rb"(?<!\\)\\n", b"\n", data)


@edit(MARKS, to=FILES)
def white_space_around(rng: Random, data: bytes) -> bytes:
    return b"\n\n " + data + b" \n" * 100


@edit(SENTENCE, says="ends in the middle|is empty|not valid JSON", to=FILES)
def truncated(rng: Random, data: bytes) -> bytes:
    return data[: rng.randint(0, len(data) - 3)]


@edit(SENTENCE, says="stops making sense in line", to=FILES)
def trailing_comma(rng: Random, data: bytes) -> bytes:
    return data.rstrip()[:-1] + b",}"


@edit(SENTENCE, says="mark of a merge", to=FILES)
def merge_marks(rng: Random, data: bytes) -> bytes:
    lines = data.decode().split("\n")
    at = rng.randint(0, len(lines) - 1)
    both = ["<<<<<<< HEAD", lines[at], "=======", lines[at], ">>>>>>> main"]
    return "\n".join([*lines[:at], *both, *lines[at + 1 :]]).encode()


@edit(SENTENCE, says="stops making sense|ends in the middle|not text in UTF-8|not valid", to=FILES)
def lost_bytes(rng: Random, data: bytes) -> bytes:
    at = rng.choice([i for i, byte in enumerate(data) if byte in b'{}[]"'])
    return data[:at] + rng.choice([b"", b"\x00", b"\xff\xfe"]) + data[at + 1 :]


@edit(SENTENCE, says="a PDF|a zip|a web page|is empty|not a notebook", to=FILES)
def other_file(rng: Random, data: bytes) -> bytes:
    kinds = [b"%PDF-1.7\n", b"PK\x03\x04zip", b"<!DOCTYPE html>", b"", b"[]", b"{}", b"# %%\nx = 1"]
    return rng.choice(kinds)
