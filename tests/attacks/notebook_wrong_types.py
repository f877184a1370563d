"""Notebooks in which nothing has the type it should have."""

import json
from pathlib import Path

from tests.attacks.attack import IntakeAttack
from tests.attacks.packing import notebook

CELLS: tuple[object, ...] = (
    None, 7, "code", [], {}, {"cell_type": 3, "source": "x"}, {"cell_type": "code", "source": 5},
    {"cell_type": "code", "source": ["a", 1]}, {"cell_type": "code", "source": None},
    {"cell_type": "heading", "level": "six", "source": "x"},
    {"cell_type": "markdown", "source": "x", "attachments": [1, 2]},
    {"cell_type": "markdown", "source": "x", "attachments": {"\ud800": {"\udfff": "x"}}},
)  # fmt: skip


def pack(folder: Path) -> None:
    documents: list[object] = [{"cells": cells} for cells in (CELLS, 5, "code", None, {"a": 1})]
    documents += [{"worksheets": sheets} for sheets in (5, [5], [{"cells": 5}], [{"cells": None}])]
    documents += [None, 3, "x", [], {"cells": CELLS, "nbformat": {}, "metadata": []}]
    for number, document in enumerate(documents):
        (folder / f"mallory{number:02}.ipynb").write_text(json.dumps(document))
    (folder / "oscar.ipynb").write_bytes(notebook("x = 1")[:-1] + b', "cells": 3, "cells": []}')


ATTACK = IntakeAttack(
    tries="fails whoever takes for granted what a notebook is made of",
    must="damaged cells are skipped and told, damaged notebooks refused",
    named=r"it has no list of cells",
    pack=pack,
    naive=r"crash: (TypeError|KeyError|AttributeError)",
)
