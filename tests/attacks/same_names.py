"""Hand-ins whose names differ in nothing, in case, or in how an accent is spelt."""

import unicodedata
from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook, zipped


def pack(folder: Path) -> None:
    names = ["Ada.ipynb", "ada.ipynb", "é.ipynb", unicodedata.normalize("NFD", "é.ipynb")]
    for number, name in enumerate(["honest/01_mini.ipynb", *names]):
        book = notebook(f"x = {number}")
        (folder / f"mallory{number}.zip").write_bytes(zipped((f"in/{name}", book)))
    (folder / "Honest").mkdir()
    (folder / "Honest/01_mini.ipynb").write_bytes(notebook("x = 1"))


ATTACK = IntakeAttack(
    tries="has its page written over a classmate's",
    must="every hand-in has a name that is not that of another on any file system",
    named=r"\(2\)",
    pack=pack,
    naive=r"overwritten",
)
