"""One zip of a hand-in, named after the assignment and the group, as intake takes it."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.errors import UsageError

LONGEST = 40


def family(name: str) -> str:
    """Return the family name of a person as a part of a file's name: letters and digits only."""
    before, comma, _ = name.partition(",")
    words = (before if comma else name).split()
    # Composed, as Windows and Linux write names: macOS takes them apart.
    last = unicodedata.normalize("NFC", words[-1] if words else "")
    return re.sub(r"[^\w-]|_", "", last)[:LONGEST] or "unnamed"


def hand_in_name(assignment: str, members: Sequence[str]) -> str:
    """Return `NN_topic_Family_Family`, which every system accepts as a name."""
    return "_".join([assignment, *map(family, members)])


def zipped(name: str, files: Mapping[str, bytes]) -> bytes:
    """Return a zip in which the files lie in a folder of their own."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, data in files.items():
            archive.writestr(f"{name}/{file}", data)
    return target.getvalue()


def write(target: Path, data: bytes) -> None:
    """Write a file as a whole or not at all; raises `UsageError` where that cannot be done."""
    part = target.with_name(f"{target.name}.part")
    try:
        part.write_bytes(data)
        part.replace(target)
    except OSError as error:
        raise UsageError(
            f"{target} cannot be written ({error.strerror}). Name another folder with --out."
        ) from error
