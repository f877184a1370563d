"""An archive whose table of contents lies about sizes."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import handmade, notebook


def pack(folder: Path) -> None:
    book = notebook("x = 1")
    whole = handmade([b"01_mini.ipynb"], book, size=10)
    (folder / "mallory.zip").write_bytes(whole)
    whole = handmade([b"01_mini.ipynb"], book, stored=True, packed=1 << 30, size=1 << 30)
    (folder / "oscar.zip").write_bytes(whole)
    whole = handmade([b"01_mini.ipynb"], book, packed=20)
    (folder / "trent.zip").write_bytes(whole)


ATTACK = IntakeAttack(
    tries="ends the unpacking in the middle of the class, with an error nobody expects",
    must="such a hand-in is refused by itself, every other one is read",
    named=r"cannot be read|several times",
    pack=pack,
    naive=r"crash: .*(BadZipFile|EOFError|error)",
)
