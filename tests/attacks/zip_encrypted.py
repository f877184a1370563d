"""An archive that asks for a password."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import handmade, notebook


def pack(folder: Path) -> None:
    whole = handmade([b"01_mini.ipynb"], notebook("x = 1"), flags=1)
    (folder / "mallory.zip").write_bytes(whole)


ATTACK = IntakeAttack(
    tries="ends the run with the error of a missing password",
    must="the hand-in is refused and the sentence says why",
    named=r"protected by a password",
    pack=pack,
    naive=r"crash: RuntimeError",
)
