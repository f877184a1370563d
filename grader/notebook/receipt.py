"""The receipt in a packed hand-in: what was packed, when, and the SHA-256 of every file.

It is not signed: whoever changes a file can change the receipt, too. It tells an honest mix-up from
the file that was meant, and proves what was packed where the student kept a copy.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.model import HandIn
from grader.roster import clean

RECEIPT = "receipt.txt"
FIRST = "Receipt of a hand-in, written by `grader pack`."
LINE = re.compile(r"^([0-9a-f]{64})  (\S.*)$", re.MULTILINE)
MOST = 1 << 16


@dataclass(frozen=True)
class Packed:
    """What a receipt says besides the files; `made` is in UTC, as ISO 8601 has it."""

    assignment: str
    version: int
    grader: str
    made: str
    members: Sequence[str]
    remarks: Sequence[str]


def receipt(packed: Packed, files: Mapping[str, bytes]) -> str:
    """Return the text of a receipt for files by name."""
    lines = [f"  - {remark}" for remark in packed.remarks]
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in sorted(files.items())]
    return "\n".join(
        [
            FIRST,
            "",
            f"assignment: {packed.assignment}, version {packed.version}",
            f"members: {', '.join(packed.members)}",
            f"packed: {packed.made} (UTC), by grader {packed.grader}",
            f"preflight: {len(lines) or 'no'} remark{'s' * (len(lines) != 1)}",
            *lines,
            "",
            "SHA-256 of each file:",
            *sums,
            "",
        ]
    )


def misfits(hand_in: HandIn) -> list[str]:
    """Return where the receipt in a hand-in does not fit its files; nothing where there is none."""
    given = dict(hand_in.files)
    text = given.pop(RECEIPT, b"")[:MOST].decode("utf-8", "replace").replace("\r\n", "\n")
    if not text.startswith(FIRST):
        return []
    listed = {name: digest for digest, name in LINE.findall(text)}
    books = {name for name in listed if name.endswith(".ipynb")}
    found = []
    if hashlib.sha256(hand_in.notebook).hexdigest() not in {listed[name] for name in books}:
        found.append("The notebook is not the one that the receipt was written for.")
    for name in sorted(listed.keys() - books):
        if name not in given:
            found.append(f"The receipt lists {clean(name)}, which is not there.")
        elif hashlib.sha256(given[name]).hexdigest() != listed[name]:
            found.append(f"{clean(name)} is not the file that the receipt was written for.")
    added = sorted(given.keys() - listed.keys())
    return found + [f"{clean(name)} is not on the receipt: it was added later." for name in added]


def is_there(hand_in: HandIn) -> bool:
    """Tell whether a hand-in has a receipt of ours."""
    return dict(hand_in.files).get(RECEIPT, b"").startswith(FIRST.encode())
