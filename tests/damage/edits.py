"""What happens to right notebooks on their way to a grader: small edits, each with a name.

An edit changes a notebook in place and tells what it must leave: all marks, or a sentence for
whatever it cost. It raises `NotHereError` where there is nothing to change.
"""

# In this order: seeds draw from the lists.
from tests.damage import harmless  # noqa: I001
from tests.damage import harmful, files
from tests.damage.tools import CELLS, FILES, MARKS, SENTENCE, Document, Edit, NotHereError

__all__ = [
    "CELLS", "FILES", "MARKS", "SENTENCE", "Document", "Edit", "NotHereError", "files", "harmful",
    "harmless",
]  # fmt: skip
