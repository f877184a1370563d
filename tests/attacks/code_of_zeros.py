"""Thirty megabytes of the shortest statement there is."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook


def pack(folder: Path) -> None:
    (folder / "mallory.ipynb").write_bytes(notebook("0;" * (15 << 20)))
    cells = ["1if 1else " * 2000, "-" * 100_000, "(" * 100_000, "a" + ".b" * 100_000]
    (folder / "oscar.ipynb").write_bytes(notebook(*cells[:1], *cells[1:3], 'MEMBERS = ["Oscar"]'))


ATTACK = IntakeAttack(
    tries="has the grader build a syntax tree of ten gigabytes to find a name in it",
    must="code longer than any exercise needs is refused before it is parsed",
    named=r"code of the notebook is longer",
    pack=pack,
    naive=r"MemoryError|out of time",
)
