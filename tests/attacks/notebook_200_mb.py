"""A notebook of two hundred megabytes that needs ten times as much memory."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook


def pack(folder: Path) -> None:
    with (folder / "mallory.ipynb").open("wb") as file:
        file.write(b'{"cells": [')
        for _ in range(200):
            file.write(b"[]," * (1 << 20 - 2))
        file.write(b"[]]}")
    # Below the limit in bytes, not in what they become.
    (folder / "oscar.ipynb").write_bytes(b'{"cells": [' + b"{}," * (20 << 20) + b"{}]}")
    (folder / "trent").mkdir()
    (folder / "trent/01_mini.ipynb").write_bytes(notebook("x = 1"))


ATTACK = IntakeAttack(
    tries="fills the memory of the grader with one file",
    must="bytes and values have limits that are looked at before anything is built from them",
    named=r"holds more than 5,000,000 values",
    pack=pack,
    naive=r"MemoryError|out of time",
)
