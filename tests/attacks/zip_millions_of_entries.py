"""The table of contents of an archive lists one file two million times."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import handmade, notebook, zipped


def pack(folder: Path) -> None:
    whole = handmade([b"01_mini.ipynb"], notebook("x = 1"), overlap=2_000_000)
    (folder / "mallory.zip").write_bytes(whole)
    (folder / "oscar.zip").write_bytes(zipped(("inner.zip", whole)))


ATTACK = IntakeAttack(
    tries="fills the memory with names before the first file is looked at",
    must="the size of the table is looked at before it is read, and the TA is told",
    named=r"holds more than the grader accepts",
    pack=pack,
    naive=r"MemoryError|out of time",
)
