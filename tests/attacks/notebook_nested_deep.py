"""Notebooks whose JSON is nested a hundred thousand levels deep."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook


def pack(folder: Path) -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    (folder / "mallory.ipynb").write_bytes(b'{"cells": [' + deep + b"]}")
    deep = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    (folder / "oscar.ipynb").write_bytes(notebook("x = 1")[:-1] + b', "metadata": ' + deep + b"}")
    shallow = b"[" * 900 + b"]" * 900
    (folder / "trent.ipynb").write_bytes(b'{"cells": [' + shallow + b"]}")


ATTACK = IntakeAttack(
    tries="breaks a reader that calls itself for every level",
    must="such a file is refused as no notebook",
    named=r"not valid JSON",
    pack=pack,
    naive=r"crash: RecursionError",
)
