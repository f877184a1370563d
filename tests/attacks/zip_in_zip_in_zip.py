"""A notebook below eleven hundred archives, one in the other."""

import zipfile
from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook, zipped


def pack(folder: Path) -> None:
    whole, name = notebook("x = 1"), "01_mini.ipynb"
    for _ in range(1100):
        whole, name = zipped((name, whole), method=zipfile.ZIP_STORED), "a.zip"
    (folder / "mallory.zip").write_bytes(whole)


ATTACK = IntakeAttack(
    tries="lets an intake that opens what it finds call itself until it breaks",
    must="two archives deep is looked, what lies deeper is told",
    named=r"too deep inside of others",
    pack=pack,
    naive=r"RecursionError|File name too long",
)
