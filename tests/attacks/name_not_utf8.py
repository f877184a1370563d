"""Names in a folder that are no text in any encoding."""

import os
from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook


def pack(folder: Path) -> None:
    inside = os.fsencode(folder) + b"/mal\xff\xfelory"
    os.mkdir(inside)  # noqa: PTH102 - of bytes
    for name, content in ((b"01_mini.ipynb", notebook("x = 1")), (b"\xff.csv", b"1,2")):
        file = os.open(inside + b"/" + name, os.O_CREAT | os.O_WRONLY)
        os.write(file, content)
        os.close(file)


ATTACK = IntakeAttack(
    tries="cannot be printed, stored or hashed as text, so that whoever does so fails",
    must="the name is made printable; a file beside it that has no name is left out",
    named=r"mal lory",
    pack=pack,
    naive=r"crash: UnicodeEncodeError",
)
