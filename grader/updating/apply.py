"""Bring the folder of an assignment to a newer release; what was there is kept in a folder."""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.model import Assignment
from grader.notebook.mending import Document
from grader.notebook.repair import repair
from grader.settings import ASSIGNMENT_FILE, GIVEN_FILE, load_assignment
from grader.updating.merge import Merge

BACKUP = "before-update"


@dataclass(frozen=True)
class Updated:
    """What an update has done: versions, the folder of the backup, sentences, renewed files."""

    old: int
    new: int
    backup: Path
    told: tuple[str, ...]
    renewed: tuple[str, ...]


@contextmanager
def released(release: Path, name: str) -> Iterator[Path]:
    """Yield the folder of an assignment in a released folder or zip; raises `UsageError`."""
    with tempfile.TemporaryDirectory(prefix="release-") as place:
        root = release
        if release.is_file():
            if not zipfile.is_zipfile(release):
                raise UsageError(f"{release} is neither a folder nor a zip of a release.")
            root = Path(place)
            _unpack(release, root)
        found = [f.parent for f in sorted(root.rglob(ASSIGNMENT_FILE)) if _is_of(f.parent, name)]
        if not found:
            raise UsageError(
                f"{release} holds no {name}: there is no {name}.ipynb beside an {ASSIGNMENT_FILE}."
            )
        yield found[0]


def _unpack(release: Path, root: Path) -> None:
    try:
        with zipfile.ZipFile(release) as archive:
            archive.extractall(root)
    except Exception as error:
        # The boundary to zipfile, which raises whatever it stumbles over.
        raise UsageError(
            f"{release} cannot be unpacked ({error}). Get it once more from your course."
        ) from error


def update(assignment: Assignment, notebook: Path, release: Path) -> Updated:
    """Merge a release into a student's folder; `release` is the folder of the same assignment.

    Raises `UsageError` when something cannot be read or written; nothing is changed then.
    """
    data = notebook.read_bytes()
    newer = load_assignment(release)
    new = _document((release / f"{assignment.name}.ipynb").read_bytes(), release)
    mine = _document(data, notebook)
    given = assignment.folder / GIVEN_FILE
    base = _document(given.read_bytes(), given) if given.is_file() else new
    both = (*assignment.exercises, *newer.exercises)
    merge = Merge(base["cells"], mine["cells"], new["cells"], frozenset(e.name for e in both))
    merged = merge.run()
    told = [*_about_exercises(assignment, newer), *merged.told]
    if base is new:
        told.append(f"There is no {GIVEN_FILE} here, so text that was given before is kept, too.")
    result = {**mine, "metadata": {**mine.get("metadata", {}), **new["metadata"]}}
    result["cells"] = numbered(merged.cells)
    result["nbformat"], result["nbformat_minor"] = 4, 5
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    files = {f.relative_to(release): f.read_bytes() for f in _files(release, assignment.name)}
    backup = keep(assignment.folder, notebook, files)
    try:
        for name, content in files.items():
            (assignment.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (assignment.folder / name).write_bytes(content)
        notebook.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{error.filename} cannot be written ({error.strerror}). As it was, everything is in "
            f"{backup}: copy it back, make room or ask for the right to write, and try again."
        ) from error
    renewed = tuple(sorted(name.as_posix() for name in files))
    return Updated(assignment.version, newer.version, backup, tuple(told), renewed)


def keep(folder: Path, notebook: Path, files: dict[Path, bytes]) -> Path:
    """Copy the notebook, and every file that will be replaced, into a folder of their own."""
    numbers = (n for n in range(1, 1000) if not (folder / f"{BACKUP}-{n}").exists())
    backup = folder / f"{BACKUP}-{next(numbers)}"
    try:
        backup.mkdir()
        shutil.copy2(notebook, backup / notebook.name)
        for name, content in list(files.items()):
            old = folder / name
            if old.is_file() and old.read_bytes() == content:
                del files[name]
            elif old.is_file():
                (backup / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(old, backup / name)
    except OSError as error:
        raise UsageError(
            f"{backup} cannot be written ({error.strerror}), so nothing was changed."
        ) from error
    return backup


def numbered(cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return cells with ids of their own, counted."""
    return [{**cell, "id": f"cell-{number:03d}"} for number, cell in enumerate(cells, 1)]


def _about_exercises(old: Assignment, new: Assignment) -> Iterator[str]:
    before, after = ({e.name: e for e in a.exercises} for a in (old, new))
    for name in after.keys() - before.keys():
        yield f"New: `{name}`."
    for name in before.keys() - after.keys():
        yield f"No longer asked for: `{name}`."
    for name in before.keys() & after.keys():
        if before[name].points != after[name].points:
            yield f"`{name}` is worth {float(after[name].points):g} now."


def _document(data: bytes, where: Path) -> Document:
    document: Document = json.loads(repair(data).data)
    if not isinstance(document.get("cells"), list):
        raise UsageError(f"{where} is not a notebook.")
    return document


def _files(release: Path, name: str) -> Iterator[Path]:
    for file in sorted(release.rglob("*")):
        hidden = any(part.startswith((".", "__")) for part in file.relative_to(release).parts)
        if file.is_file() and not hidden and file.name != f"{name}.ipynb":
            yield file


def _is_of(folder: Path, name: str) -> bool:
    return (folder / f"{name}.ipynb").is_file()
