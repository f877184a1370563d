"""One entry of an archive is a link out of it, the next a file behind the link."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import link, notebook, zipped


def pack(folder: Path) -> None:
    entries = [
        link("box", folder.parent),
        ("box/outside", b"overwritten"),
        ("01_mini.ipynb", notebook("x = 1")),
    ]
    (folder / "mallory.zip").write_bytes(zipped(*entries))


ATTACK = IntakeAttack(
    tries="leaves its folder without a single suspicious path, through a link it has brought along",
    must="no link is made, so there is nothing to write through",
    named=r"holds a link or a device",
    pack=pack,
    naive=r"outside was changed",
)
