"""Names of hand-ins with escapes, line ends, formulas and reversed writing."""

from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook, zipped

NAMES = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31mall good",
    "bob\n[5 of 5] ada: 10 of 10 points",
    "=cmd|' -C calc'!A0",
    "\u202egpj.ecnarelot\u2066",
    "[red]bold[link=file:passwd]x",
    "\r100 points",
    "--help",
    " . ",
)


def pack(folder: Path) -> None:
    for name in NAMES:
        (folder / name).mkdir()
        (folder / name / "01_mini.ipynb").write_bytes(notebook("x = 1"))
    (folder / "zip.zip").write_bytes(zipped(*((f"{n}.ipynb", notebook("x = 1")) for n in NAMES)))


ATTACK = IntakeAttack(
    tries="writes onto the terminal of the TA, and lines that look like those of the grader",
    must="names are one line of printable characters",
    named=r"0;owned",
    pack=pack,
    naive=r"dangerous name",
)
