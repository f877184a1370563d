"""From a notebook, a folder or a zip to submissions; nothing in them is trusted."""

import functools
import io
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grader.errors import Refused, UsageError
from grader.model import HandIn, Submission
from grader.notebook.names import clean
from grader.notebook.read import MAX_BYTES

MAX_ENTRIES = 20_000
MAX_FILES = 100
MAX_FILES_BYTES = 32 << 20
MAX_NESTED = 2
SKIPPED = {".ipynb_checkpoints", "__MACOSX", ".git"}

# Returns the first bytes of a file, as many as it is given.
ReadBytes = Callable[[int], bytes]


@dataclass(frozen=True)
class Entry:
    """A file somewhere in a hand-in, not read yet; `problem` says why it must not be."""

    path: PurePosixPath
    read: ReadBytes
    problem: str = ""


def take_in(paths: Iterable[Path]) -> list[Submission]:
    """Return every submission found under the paths, each with a name of its own.

    A hand-in that cannot be unpacked is still a submission: loading it raises `Refused`.
    """
    found: list[Submission] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"There is no file or folder {path}.")
        found += _from_path(path)
    if not found:
        raise UsageError("No notebook (.ipynb) was found there.")
    return _with_unique_names(found)


def _from_path(path: Path) -> Iterator[Submission]:
    if path.is_dir():
        yield from _group(_walk(path), path.name, 0)
    elif zipfile.is_zipfile(path):
        yield from _from_zip(path, path.stem, 0)
    else:
        entry = Entry(PurePosixPath(path.name), functools.partial(_read_file, path))
        yield _submission(path.stem, str(path), entry, ())


def _walk(root: Path) -> Iterator[Entry]:
    """Yield the regular files below a folder; links and devices are left alone."""
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        # Not stat: a link may lead to another student's hand-in.
        if stat.S_ISREG(path.lstat().st_mode) and not SKIPPED.intersection(inside.parts):
            yield Entry(PurePosixPath(inside.as_posix()), functools.partial(_read_file, path))


def _from_zip(file: Path | io.BytesIO, name: str, depth: int) -> Iterator[Submission]:
    try:
        archive = zipfile.ZipFile(file)
        yield from _group(_unzip(archive), name, depth)
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        yield _broken(name, f"The zip archive is damaged and cannot be unpacked ({error}).")


def _unzip(archive: zipfile.ZipFile) -> Iterator[Entry]:
    for number, info in enumerate(archive.infolist()):
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if info.is_dir() or SKIPPED.intersection(path.parts):
            continue
        problem = _refusal(info, path, number)
        kept = PurePosixPath(path.name or "unnamed") if problem else path
        yield Entry(kept, functools.partial(_read_zipped, archive, info), problem)


def _refusal(info: zipfile.ZipInfo, path: PurePosixPath, number: int) -> str:
    if number >= MAX_ENTRIES:
        return "The zip archive holds more files than the grader accepts."
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return "The zip archive holds a file that points outside of it."
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        return "The zip archive holds a link or a device instead of a file."
    return "The zip archive is protected by a password." if info.flag_bits & 1 else ""


def _group(entries: Iterable[Entry], name: str, depth: int) -> Iterator[Submission]:
    """Make one submission of each notebook; a notebook alone in its folder gets the files there."""
    folders: dict[PurePosixPath, list[Entry]] = {}
    for entry in entries:
        folders.setdefault(entry.path.parent, []).append(entry)
    for folder, files in sorted(folders.items()):
        for entry in files:
            if entry.problem:
                yield _broken(name, entry.problem)
            elif entry.path.suffix == ".zip" and depth < MAX_NESTED:
                inner = io.BytesIO(entry.read(MAX_BYTES))
                yield from _from_zip(inner, entry.path.stem, depth + 1)
        yield from _notebooks(folder, [e for e in files if not e.problem], name)


def _notebooks(folder: PurePosixPath, files: list[Entry], name: str) -> Iterator[Submission]:
    books = [entry for entry in files if entry.path.suffix == ".ipynb"]
    own_folder = len(books) == 1 and bool(folder.parts)
    beside = tuple(e for e in files if e.path.suffix not in {".ipynb", ".zip"})
    for book in books:
        called = folder if own_folder else book.path.with_suffix("")
        where = f"{name}/{book.path}"
        yield _submission(str(called), where, book, beside if own_folder else ())


def _submission(name: str, source: str, book: Entry, beside: tuple[Entry, ...]) -> Submission:
    return Submission(safe_name(name), source, functools.partial(_load, book, beside))


def _load(book: Entry, beside: tuple[Entry, ...]) -> HandIn:
    try:
        # One byte more than is accepted, so that a file over the limit is recognised as such.
        data = book.read(MAX_BYTES + 1)
        files, room = [], MAX_FILES_BYTES
        for entry in beside[:MAX_FILES]:
            content = entry.read(room + 1)
            if len(content) <= room:
                files.append((entry.path.name, content))
                room -= len(content)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Refused(f"The hand-in cannot be read ({error}).") from error
    return HandIn(data, tuple(files))


def _broken(name: str, problem: str) -> Submission:
    def refuse() -> HandIn:
        raise Refused(problem)

    return Submission(safe_name(name), name, refuse)


def _read_file(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def _read_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int) -> bytes:
    with archive.open(info) as file:
        return file.read(size)


def safe_name(text: str) -> str:
    """Return a name that is one harmless path component and one line of a terminal."""
    name = clean(text.replace("/", " - ").replace("\\", " - ")).strip(". ")
    return name or "unnamed"


def _with_unique_names(found: list[Submission]) -> list[Submission]:
    taken: set[str] = set()
    unique = []
    for submission in found:
        name, count = submission.name, 1
        # Compared without case: two names must not meet in one file on any system.
        while name.casefold() in taken:
            count += 1
            name = f"{submission.name} ({count})"
        taken.add(name.casefold())
        unique.append(replace(submission, name=name))
    return unique
