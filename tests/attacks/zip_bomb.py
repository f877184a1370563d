"""A small archive that unpacks to three hundred megabytes of empty lists."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import zipped


def pack(folder: Path) -> None:
    lists = b'{"cells": [' + b"[]," * 100_000_000 + b"[]]}"
    (folder / "mallory.zip").write_bytes(zipped(("mallory.ipynb", lists)))


ATTACK = IntakeAttack(
    tries="fills memory or disk of the grader with an upload of a megabyte",
    must="a notebook is unpacked up to a limit and then refused in a sentence",
    named=r"The notebook is larger than 64 MB",
    pack=pack,
    naive=r"MemoryError|File too large|out of time",
)
