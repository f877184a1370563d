"""A notebook that never ends: a link to a device that gives zeros."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook


def pack(folder: Path) -> None:
    (folder / "mallory.ipynb").symlink_to("/dev/zero")
    (folder / "oscar").mkdir()
    (folder / "oscar/01_mini.ipynb").write_bytes(notebook("x = 1"))
    (folder / "oscar/data.zip").symlink_to("/dev/urandom")


ATTACK = IntakeAttack(
    tries="has the grader read until its memory is full",
    must="a device is not opened, whatever leads there, and the TA is told",
    named=r"mallory.ipynb is a link or a device",
    pack=pack,
    naive=r"out of time|MemoryError",
)
