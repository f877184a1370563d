"""A pipe and a socket have the names of notebooks."""

import os
import stat
from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook


def pack(folder: Path) -> None:
    os.mkfifo(folder / "mallory.ipynb")
    (folder / "nowhere.ipynb").symlink_to(folder / "not here")
    (folder / "oscar").mkdir()
    os.mkfifo(folder / "oscar/data.csv")
    os.mknod(folder / "oscar/socket.ipynb", stat.S_IFSOCK | 0o600)
    (folder / "oscar/01_mini.ipynb").write_bytes(notebook("x = 1"))


ATTACK = IntakeAttack(
    tries="makes the grader wait for ever for the other end of a pipe",
    must="what is not a regular file is not opened, and the TA is told",
    named=r"mallory.ipynb is a link or a device",
    pack=pack,
    naive=r"out of time|crash: FileNotFoundError",
)
