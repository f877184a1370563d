"""All files of an archive share the same packed bytes."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import handmade, notebook


def pack(folder: Path) -> None:
    large = notebook("x = 1", filler=" " * (40 << 20))
    (folder / "mallory.zip").write_bytes(handmade([b"01_mini.ipynb"], large, overlap=5000))


ATTACK = IntakeAttack(
    tries="unpacks to two hundred gigabytes without an inner archive and without an odd ratio",
    must="files cannot take more room than the archive has; such a one is told",
    named=r"the same bytes several times",
    pack=pack,
    naive=r"out of time|MemoryError|Overlapped entries",
)
