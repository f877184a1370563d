"""A hand-in brings files that are called like those of the grader."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook, zipped


def pack(folder: Path) -> None:
    names = ("checks.py", "solution.py", "gradebook.sqlite", "grades.csv", "incidents.txt")
    entries = [(name, b"overwritten") for name in names]
    whole = zipped(*entries, ("../checks.py", b"overwritten"), ("01_mini.ipynb", notebook("x = 1")))
    (folder / "mallory.zip").write_bytes(whole)
    (folder / "gradebook.sqlite.ipynb").write_bytes(notebook("x = 1"))


ATTACK = IntakeAttack(
    tries="replaces the checks by lying where they lie",
    must="nothing of a hand-in is written beside a file of the grader",
    named=r"gradebook.sqlite",
    pack=pack,
    naive=r"checks.py was changed",
)
