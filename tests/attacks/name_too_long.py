"""Names of five thousand characters, and of a hundred that need four bytes each."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook, zipped


def pack(folder: Path) -> None:
    names = ["a" * 5000, "\N{FACE WITH TEARS OF JOY}" * 100, "b/" * 2000 + "c", "ab" * 120]
    entries = [(f"{name}.ipynb", notebook("x = 1")) for name in names]
    (folder / "mallory.zip").write_bytes(zipped(*entries))


ATTACK = IntakeAttack(
    tries="cannot be written to a page of its name",
    must="a name is shortened to what every file system holds",
    named=r"aaaaaaaa",
    pack=pack,
    naive=r"crash: OSError",
)
