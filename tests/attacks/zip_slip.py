"""Entries of an archive climb out of the folder they are unpacked into."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook, zipped


def pack(folder: Path) -> None:
    entries = [
        ("../../outside", b"overwritten"),
        ("mallory/../../../outside", b"overwritten"),
        ("..\\..\\outside", b"overwritten"),
        ("01_mini.ipynb", notebook("x = 1")),
    ]
    (folder / "mallory.zip").write_bytes(zipped(*entries))


ATTACK = IntakeAttack(
    tries="overwrites a file two folders above the one its archive is unpacked into",
    must="nothing is unpacked to a file, and the TA is told that an entry points elsewhere",
    named=r"points outside of it",
    pack=pack,
    naive=r"outside was changed",
)
