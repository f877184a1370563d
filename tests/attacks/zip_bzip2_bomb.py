"""An archive packed in a way that unpacks everything at once."""

import functools
import zipfile
from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook, zipped


@functools.cache
def bomb() -> bytes:
    return zipped(("mallory.ipynb", bytes(350_000_000)), method=zipfile.ZIP_BZIP2)


def pack(folder: Path) -> None:
    (folder / "mallory.zip").write_bytes(bomb())
    # Claims to need four gigabytes of dictionary.
    lists = zipped(("oscar.ipynb", notebook("x = 1")), method=zipfile.ZIP_LZMA)
    (folder / "oscar.zip").write_bytes(lists.replace(b"\0\0\x80\0", b"\xff\xff\xff\xff"))


ATTACK = IntakeAttack(
    tries="gets round limits on reading through decoders that have none",
    must="only the two methods that can be bounded are unpacked, others are told",
    named=r"compressed in an unusual way",
    pack=pack,
    naive=r"MemoryError|File too large|out of time",
)
