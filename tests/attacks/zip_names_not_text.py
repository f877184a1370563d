"""Names in an archive that are no text, empty, or end early."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import handmade, notebook


def pack(folder: Path) -> None:
    book = notebook("x = 1")
    for number, name in enumerate((b"\xff\xfe.ipynb", b"", b".", b"a.ipynb\0.txt")):
        # The flag says that names are UTF-8.
        whole = handmade([name], book, flags=0x800)
        (folder / f"mallory{number}.zip").write_bytes(whole)


ATTACK = IntakeAttack(
    tries="makes the reader of the archive fail before there is any hand-in to blame",
    must="what cannot be listed is one refused hand-in, not the end of the class",
    named=r"damaged and cannot be unpacked",
    pack=pack,
    naive=r"crash: UnicodeDecodeError",
)
