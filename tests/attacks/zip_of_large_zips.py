"""Twenty archives in an archive, each with sixty megabytes before it."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import handmade, notebook, zipped


def pack(folder: Path) -> None:
    # An archive may begin with anything; programs that unpack themselves do.
    large = bytes(60 << 20) + zipped(("01_mini.ipynb", notebook("x = 1")))
    names = [b"student%d.zip" % number for number in range(20)]
    (folder / "mallory.zip").write_bytes(handmade(names, large))


ATTACK = IntakeAttack(
    tries="makes the grader keep more than a gigabyte of inner archives",
    must="what lies inside an archive is bounded in total, and the rest is told",
    named=r"holds more than the grader accepts",
    pack=pack,
    naive=r"MemoryError|out of time",
)
