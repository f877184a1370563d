"""A link in an archive stands where the notebook should be."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import link, notebook, zipped


def pack(folder: Path) -> None:
    entries = [
        link("mallory/01_mini.ipynb", folder.parent / "classmate/01_mini.ipynb"),
        link("mallory/accounts.txt", Path("/etc/passwd")),
        ("01_mini.ipynb", notebook("x = 1")),
    ]
    (folder / "mallory.zip").write_bytes(zipped(*entries))


ATTACK = IntakeAttack(
    tries="hands in a link to a classmate's work and has it graded as its own",
    must="a link is not unpacked and not followed, and the TA is told",
    named=r"holds a link or a device",
    pack=pack,
    naive=r"a secret was read",
)
