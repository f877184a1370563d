"""Take in hand-ins with little memory, and print as JSON what came of them.

python -m tests.attacks.taking PATH...
"""

import json
import resource
import sys
from pathlib import Path

from grader.errors import Refused
from grader.notebook.bundle import take_in
from grader.notebook.names import defined, members
from grader.notebook.read import read_notebook

MEMORY = 1 << 30


def main(paths: list[Path]) -> None:
    """Take everything in; an error of any other kind than `Refused` ends this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    read, refused = {}, {}
    for submission in take_in(paths):
        try:
            hand_in = submission.load()
            book = read_notebook(hand_in.notebook)
        except Refused as error:
            refused[submission.name] = str(error)
            continue
        # What the steps after it do with a notebook before anything is run.
        read[submission.name] = {
            "members": members(book),
            "defined": sorted(defined(book)),
            "digest": hand_in.digest,
            "files": [name for name, _ in hand_in.files],
            "starts": [cell.source[:200] for cell in book.cells],
            "attached": [name for cell in book.cells for name in cell.attachments],
        }
    print(json.dumps({"read": read, "refused": refused}))


if __name__ == "__main__":
    main([Path(word) for word in sys.argv[1:]])
