"""Pictures pasted into text whose names are paths to other places."""

import json
from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook


def pack(folder: Path) -> None:
    names = ["../outside", "../../outside", str(folder.parent / "outside"), "x/../../outside"]
    picture = {"image/png": "b3ZlcndyaXR0ZW4="}
    cell = {"cell_type": "markdown", "source": "![](attachment:../outside)"}
    cells = [{**cell, "attachments": dict.fromkeys(names, picture)}]
    (folder / "mallory.ipynb").write_text(json.dumps({"cells": cells}))
    (folder / "oscar.ipynb").write_bytes(notebook("x = 1"))


ATTACK = IntakeAttack(
    tries="has its pictures written over files of the grader",
    must="attachments are never written to files",
    named=r"mallory",
    pack=pack,
    naive=r"outside was changed",
)
