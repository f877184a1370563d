# ruff: noqa: INP001 - a script, not part of a package
"""Make kit_source.json: a snapshot of a part of this kit's own source, as text to train on.

Run it in this folder: python make_kit_source.py
"""

import json
from pathlib import Path

# What a check consists of, and what carries its values: code, docstrings and comments.
FOLDERS = ("checks", "diagnosis", "notebook", "wire")


def read_source(root: Path) -> dict[str, str]:
    """Return the text of each file in the folders, by its path below `root`."""
    files = sorted(path for folder in FOLDERS for path in (root / "grader" / folder).glob("*.py"))
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in files}


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    source = read_source(here.parent)
    text = json.dumps(source, ensure_ascii=False, indent=0) + "\n"
    (here / "kit_source.json").write_text(text, encoding="utf-8")
