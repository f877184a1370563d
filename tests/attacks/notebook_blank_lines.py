"""A cell of blank lines, for expressions that look at each of them again and again."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook


def pack(folder: Path) -> None:
    (folder / "mallory.ipynb").write_bytes(notebook("\n" * 280_000 + "x = 1"))
    (folder / "oscar.ipynb").write_bytes(notebook("\n \t" * 90_000 + "x = 1", " " * 290_000))


ATTACK = IntakeAttack(
    tries="makes the search for magics take hours",
    must="the time is in proportion to the length",
    named=r"mallory",
    pack=pack,
    naive=r"out of time",
)
