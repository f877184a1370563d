"""Pack a hand-in: names, preflight, PDF, weights, receipt, one zip."""

import importlib.metadata
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import Refused, UsageError
from grader.model import Assignment
from grader.notebook.bundle import MAX_FILES_BYTES
from grader.notebook.mending import put_text, text_of
from grader.notebook.names import MEMBERS, with_members
from grader.notebook.read import decoded
from grader.notebook.receipt import RECEIPT, Packed, receipt
from grader.packing.archive import hand_in_name, write, zipped
from grader.packing.paper import Paper, make_pdf
from grader.packing.preflight import preflight
from grader.roster import clean

WEIGHTS = "*.safetensors"


@dataclass(frozen=True)
class Parcel:
    """What was packed: the zip, the names of the files in it, what made the PDF, what is said."""

    zip: Path
    size: int
    files: tuple[str, ...]
    pdf_by: str
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Wish:
    """Whose hand-in it is, where it goes, and a PDF made by other means, if there is one."""

    members: Sequence[str]
    folder: Path
    pdf: Path | None = None


def pack(assignment: Assignment, notebook: Path, data: bytes, wish: Wish) -> Parcel:
    """Pack a notebook and what belongs to it.

    Raises `Refused` when it would not be accepted, `UsageError` when something cannot be written.
    """
    beside, left_out = weights(assignment, notebook.parent)
    # A first look without the PDF: printing takes seconds, and may be for nothing.
    early = preflight(assignment, data, wish.members, [("notebook.pdf", b"%PDF-"), *beside])
    if early.stops:
        raise Refused(" ".join(early.stops))
    name = hand_in_name(assignment.name, wish.members)
    paper = paper_of(assignment, data, wish)
    files = {f"{name}.ipynb": data, **dict(beside)}
    if paper.data:
        files[f"{name}.pdf"] = paper.data
    remarks = (*early.remarks, *left_out, *filter(None, [paper.problem]))
    version, made = grader_version(), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    about = Packed(assignment.name, assignment.version, version, made, wish.members, remarks)
    files[RECEIPT] = receipt(about, files).encode()
    target, whole = wish.folder / f"{name}.zip", zipped(name, files)
    write(target, whole)
    return Parcel(target, len(whole), tuple(files), paper.made_by, remarks)


def paper_of(assignment: Assignment, data: bytes, wish: Wish) -> Paper:
    """Return the PDF that was given, or make one."""
    if wish.pdf is None:
        try:
            return make_pdf(data, assignment.title, wish.members, wish.folder)
        except OSError as error:
            raise UsageError(
                f"{wish.folder} cannot be written to ({error.strerror}). Name another folder with "
                "--out."
            ) from error
    given = wish.pdf.read_bytes()
    if not given.startswith(b"%PDF-"):
        raise UsageError(f"{wish.pdf} is not a PDF.")
    return Paper(given, wish.pdf.name)


def weights(assignment: Assignment, folder: Path) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Return the weights beside a notebook, where the assignment asks for some, and remarks."""
    if not assignment.leaderboard:
        return [], []
    taken, said, room = [], [], MAX_FILES_BYTES
    for file in sorted(folder.glob(WEIGHTS)):
        size = file.stat().st_size
        if size > room:
            said.append(
                f"{file.name} is left out: grading takes {MAX_FILES_BYTES >> 20} MB of files."
            )
            continue
        taken.append((file.name, file.read_bytes()))
        room -= size
    return taken, said or ([] if taken else ["No weights (.safetensors) lie beside the notebook."])


def named(data: bytes, names: Sequence[str]) -> bytes:
    """Return a notebook whose `MEMBERS` are these names; a cell is added if there is none."""
    document = json.loads(decoded(data), strict=False)
    for cell in document["cells"]:
        changed = with_members(text_of(cell), names) if cell["cell_type"] == "code" else None
        if changed is not None:
            put_text(cell, changed)
            break
    else:
        cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        document["cells"].insert(0, {**cell, "source": f"{MEMBERS} = {list(names)!r}"})
        document["nbformat_minor"] = min(4, document.get("nbformat_minor", 4))
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def clean_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return names as they may be kept; raises `UsageError` for a blank one or one said twice."""
    cleaned = tuple(clean(name) for name in names)
    if not all(cleaned):
        raise UsageError("A name is blank. Write each name as on the course site.")
    if len({name.casefold() for name in cleaned}) < len(cleaned):
        raise UsageError("One name is there twice. Name each member of the group once.")
    return cleaned


def grader_version() -> str:
    """Return the version of this package; unknown where it runs without being installed."""
    with suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version("inside-language-models")
    return "of unknown version"
