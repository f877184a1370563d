"""Entries of an archive have absolute paths and drives for names."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook, zipped


def pack(folder: Path) -> None:
    entries = [
        (str(folder.parent / "outside"), b"overwritten"),
        ("C:/Users/ta/outside", b"overwritten"),
        ("01_mini.ipynb", notebook("x = 1")),
    ]
    (folder / "mallory.zip").write_bytes(zipped(*entries))


ATTACK = IntakeAttack(
    tries="overwrites a file whose whole path it knows",
    must="a path that does not begin in the archive is never used, and the TA is told",
    named=r"points outside of it",
    pack=pack,
    naive=r"outside was changed",
)
