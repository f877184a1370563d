"""Four thousand hand-ins in one archive, all of the same name."""

import io
import warnings
import zipfile
from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook


def pack(folder: Path) -> None:
    whole = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(whole, "w") as archive:
        warnings.simplefilter("ignore")
        for number in range(4_000):
            archive.writestr("01_mini.ipynb", notebook(f"x = {number}"))
    (folder / "mallory.zip").write_bytes(whole.getvalue())


ATTACK = IntakeAttack(
    tries="floods the course with hand-ins, whose numbering takes time that grows as its square",
    must="one archive of many gives two hundred hand-ins, each with its own name",
    named=r"holds more than 200 hand-ins",
    pack=pack,
    naive=r"overwritten|out of time",
)
