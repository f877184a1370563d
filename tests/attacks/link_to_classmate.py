"""A link in a folder of hand-ins leads to the work of a classmate."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook


def pack(folder: Path) -> None:
    (folder / "mallory").mkdir()
    (folder / "mallory/01_mini.ipynb").symlink_to(folder.parent / "classmate/01_mini.ipynb")
    (folder / "all").symlink_to(folder.parent / "classmate", target_is_directory=True)
    (folder / "trent").mkdir()
    (folder / "trent/01_mini.ipynb").write_bytes(notebook("x = 1"))


ATTACK = IntakeAttack(
    tries="hands in a link, so that the grader reads a classmate's file for it",
    must="links are told and not followed, neither to files nor to folders",
    named=r"01_mini.ipynb is a link",
    pack=pack,
    naive=r"a secret was read",
)
