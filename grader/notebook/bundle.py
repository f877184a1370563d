"""From a notebook, a folder or a zip to submissions; nothing in them is trusted."""

import functools
import io
import itertools
import os
import stat
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from grader.errors import Refused, UsageError
from grader.model import HandIn, Origin, Submission
from grader.notebook import sites
from grader.notebook.read import MAX_BYTES
from grader.roster import clean

MAX_DEPTH = 50
MAX_ENTRIES = 20_000
# Bytes of the table of contents of an archive: each of its entries costs ten times as much memory.
MAX_CONTENTS = 8 << 20
MAX_CONTENTS_INSIDE = 1 << 20
MAX_FILES = 100
MAX_FILES_BYTES = 32 << 20
MAX_NESTED = 2
# Hand-ins out of one archive of many.
MAX_INSIDE = 200
MAX_FILE_NAME = 255
# In bytes: a name gets something put before and after it to become that of a file.
MAX_NAME = 150
SKIPPED = {".ipynb_checkpoints", "__MACOSX", ".git"}
# What the file managers of all systems write. The other ways unpack without any bound.
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}

TOO_MUCH = "The zip archive holds more than the grader accepts."
LINK = "is a link or a device instead of a file."
UNKNOWN = Origin()
# Returns the first bytes of a file, as many as it is given.
ReadBytes = Callable[[int], bytes]
OpenZip = Callable[[], zipfile.ZipFile]


@dataclass(frozen=True)
class Entry:
    """A file somewhere in a hand-in, not read yet; `problem` says why it must not be."""

    path: PurePosixPath
    size: int
    read: ReadBytes
    problem: str = ""
    origin: Origin = UNKNOWN

    @property
    def kind(self) -> str:
        """The end of its name: .ipynb, .zip, or something else."""
        return self.path.suffix.lower()


def take_in(paths: Iterable[Path]) -> list[Submission]:
    """Return every submission found under the paths, each with a name of its own.

    A hand-in that cannot be unpacked is still a submission: loading it raises `Refused`.
    """
    found: list[Submission] = []
    named = list(paths)
    for path in named:
        if not os.path.lexists(path):
            raise UsageError(f"There is no file or folder {path}.")
        # An archive alone is that of a course; one of many is a student's.
        is_one = len(named) > 1 or sites.own_name(path.name)
        found += _from_path(path, 1 if is_one else 0)
    if not found:
        raise UsageError(f"No notebook (.ipynb) was found in {', '.join(map(str, named))}.")
    return _with_unique_names(_told_apart(found))


def _from_path(path: Path, depth: int) -> Iterator[Submission]:
    kind = stat.S_IFMT(path.lstat().st_mode)
    if kind == stat.S_IFDIR:
        entries = list(_walk(path))
        site = _site_around(path, entries) if depth else _site_of(path.name, entries)
        yield from _group(entries, path.name, 0, site)
    elif kind != stat.S_IFREG:
        # A shell's `hand-ins/*` names what students have put there.
        yield _broken(path.stem, f"{safe_name(path.name)} {LINK} Name what it leads to.")
    elif zipfile.is_zipfile(path):
        archive = functools.cache(functools.partial(_open_zip, path, MAX_CONTENTS))
        if depth:
            place, origin = _site_around(path, ())(PurePosixPath())
            yield from _named(_from_zip(archive, path.stem, depth, origin), place, origin)
        else:
            yield from _from_zip(archive, path.stem, 0)
    else:
        place, origin = _site_around(path, ())(PurePosixPath())
        name = place.parts[0] if place.parts else path.stem
        yield _submission(name, str(path), _entry(path, path.name), (), origin)


def _site_of(name: str, entries: Iterable[Entry]) -> sites.Site:
    """Return how the hand-ins of a whole course lie in a folder or archive."""
    return sites.layout(name, {e.path: e.read for e in entries if not e.problem})


def _site_around(path: Path, entries: Iterable[Entry]) -> sites.Site:
    """Return the layout that one hand-in is a part of; the site has named it, and its folder."""
    folder = path.resolve().parent
    own = PurePosixPath(path.name)
    around = _entry(folder / sites.METADATA, sites.METADATA)
    listed = [replace(entry, path=own / entry.path) for entry in entries]
    files = {entry.path: entry.read for entry in (*listed, around) if not entry.problem}
    whole = sites.layout(folder.name, files, is_whole=False)

    def place(inside: PurePosixPath) -> sites.Placed:
        placed, origin = whole(own / inside)
        return (placed, origin) if placed != own / inside else (inside, origin)

    return place


def _walk(root: Path) -> Iterator[Entry]:
    """Yield the files below a folder; links are not followed, and devices not opened."""
    for folder, inner, names in os.walk(root):
        inside = Path(folder).relative_to(root)
        inner[:] = sorted(set(inner) - SKIPPED) if len(inside.parts) < MAX_DEPTH else []
        for name in sorted(names):
            entry = _entry(Path(folder, name), inside / name)
            # Links beside a notebook are common and dropped; a link for a notebook is told.
            if not entry.problem or entry.kind in {".ipynb", ".zip"}:
                yield entry


def _entry(path: Path, inside: Path | str) -> Entry:
    try:
        info = path.lstat()
    except OSError as error:
        return Entry(PurePosixPath(inside), 0, bytes, f"{safe_name(str(inside))}: {error.strerror}")
    # Not stat: a link may lead to another student's hand-in.
    is_file = stat.S_ISREG(info.st_mode)
    problem = "" if is_file else f"{safe_name(str(inside))} {LINK}"
    read = functools.partial(_read_file, path)
    return Entry(PurePosixPath(inside), info.st_size, read, problem)


def _from_zip(
    archive: OpenZip, name: str, depth: int, origin: Origin = UNKNOWN
) -> Iterator[Submission]:
    """Yield what lies in an archive: of a course at depth 0, else of one student."""
    try:
        entries = list(_unzip(archive, depth))
    except Refused as error:
        yield _broken(name, str(error), origin)
        return
    except Exception as error:
        # The boundary to zipfile, which raises whatever it stumbles over.
        problem = f"The zip archive is damaged and cannot be unpacked ({error})."
        yield _broken(name, problem, origin)
        return
    found = _group(entries, name, depth, sites.of(origin) if depth else _site_of(name, entries))
    if not depth:
        yield from found
        return
    first = list(itertools.islice(found, MAX_INSIDE))
    yield from first or [_broken(name, "The zip archive holds no notebook (.ipynb).", origin)]
    if len(first) == MAX_INSIDE and next(found, None):
        yield _broken(name, f"The zip archive holds more than {MAX_INSIDE} hand-ins.", origin)


def _unzip(archive: OpenZip, depth: int) -> Iterator[Entry]:
    room = MAX_BYTES
    for number, info in enumerate(archive().infolist()):
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if info.filename.endswith("/") or SKIPPED.intersection(path.parts):
            continue
        entry = Entry(
            path,
            info.file_size,
            functools.partial(_read_zipped, archive, info),
            _refusal(info, path),
        )
        room -= info.file_size if depth and entry.kind == ".zip" else 0
        if number >= MAX_ENTRIES or room < 0:
            yield replace(entry, problem=TOO_MUCH)
            return
        yield entry


def _refusal(info: zipfile.ZipInfo, path: PurePosixPath) -> str:
    outside = path.is_absolute() or ".." in path.parts or PureWindowsPath(info.filename).drive
    if outside or not path.name:
        return "The zip archive holds a file that points outside of it."
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
        return "The zip archive holds a link or a device instead of a file."
    if info.flag_bits & 1:
        return "The zip archive is protected by a password."
    if info.compress_type not in METHODS:
        return "The zip archive is compressed in an unusual way; make it with `grader pack`."
    return ""


def _group(
    entries: Iterable[Entry], name: str, depth: int, site: sites.Site
) -> Iterator[Submission]:
    """Make one submission of each notebook; a notebook alone in its folder gets the files there.

    Files that a site has put side by side are laid into a folder for each hand-in first.
    """
    folders: dict[PurePosixPath, list[Entry]] = {}
    problems: set[str] = set()
    for entry in entries:
        path, origin = site(entry.path)
        if not entry.problem:
            folders.setdefault(path.parent, []).append(replace(entry, path=path, origin=origin))
        elif entry.problem not in problems:
            problems.add(entry.problem)
            yield _broken(name, entry.problem, origin)
    for folder, files in sorted(folders.items()):
        for entry in files:
            if entry.kind == ".zip":
                yield from _inside(entry, depth)
        yield from _notebooks(folder, files, name)


def _inside(entry: Entry, depth: int) -> Iterator[Submission]:
    """Yield the submissions of an archive that lies in a folder or in another archive."""
    stem, origin = entry.path.stem, entry.origin
    if depth == MAX_NESTED:
        yield _broken(stem, "The zip archive lies too deep inside of others.", origin)
    elif entry.size > MAX_BYTES:
        yield _broken(stem, f"The zip archive is larger than {MAX_BYTES >> 20} MB.", origin)
    else:
        archive = functools.partial(_open_inside, entry.read)
        found = _from_zip(archive, stem, depth + 1, origin)
        yield from found if depth else _named(found, entry.path, origin)


def _named(
    found: Iterable[Submission], place: PurePosixPath, origin: Origin
) -> Iterator[Submission]:
    """Put what the site calls a student before the names in an archive of theirs."""
    inside = list(found)
    for submission in inside:
        if origin.site and place.parent.parts:
            own = f"/{submission.name}" if len(inside) > 1 else ""
            yield replace(submission, name=safe_name(f"{place.parent}{own}"))
        else:
            yield submission


def _notebooks(folder: PurePosixPath, files: list[Entry], name: str) -> Iterator[Submission]:
    books = [entry for entry in files if entry.kind == ".ipynb"]
    own_folder = len(books) == 1 and bool(folder.parts)
    beside = tuple(e for e in files if e.kind not in {".ipynb", ".zip"})
    for book in books:
        called = folder if own_folder else folder / book.path.stem
        where = f"{name}/{book.path}"
        yield _submission(str(called), where, book, beside if own_folder else (), book.origin)


def _submission(
    name: str, source: str, book: Entry, beside: tuple[Entry, ...], origin: Origin
) -> Submission:
    return Submission(safe_name(name), source, functools.partial(_load, book, beside), origin)


def _load(book: Entry, beside: tuple[Entry, ...]) -> HandIn:
    files, room = [], MAX_FILES_BYTES
    try:
        # One byte more than is accepted, so that a file over the limit is recognised as such.
        data = book.read(MAX_BYTES + 1)
        for entry in beside[:MAX_FILES]:
            if entry.size <= room and _is_plain(entry.path.name):
                content = entry.read(entry.size)
                files.append((entry.path.name, content))
                room -= len(content)
    except Exception as error:
        # The boundary to zipfile, which raises whatever it stumbles over.
        raise Refused(f"The hand-in cannot be read ({error}).") from error
    return HandIn(data, tuple(files))


def _broken(name: str, problem: str, origin: Origin = UNKNOWN) -> Submission:
    def refuse() -> HandIn:
        raise Refused(problem)

    return Submission(safe_name(name), name, refuse, origin)


def _read_file(path: Path, size: int) -> bytes:
    # It may have become a link or a pipe since it was found.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        return file.read(size)


def _read_zipped(archive: OpenZip, info: zipfile.ZipInfo, size: int) -> bytes:
    with archive().open(info) as file:
        return file.read(size)


# Read anew when they are needed again: a class of them would not fit into memory.
@functools.lru_cache(maxsize=2)
def _open_inside(read: ReadBytes) -> zipfile.ZipFile:
    return _open_zip(io.BytesIO(read(MAX_BYTES)), MAX_CONTENTS_INSIDE)


def _open_zip(file: Path | io.BytesIO, most: int) -> zipfile.ZipFile:
    """Open an archive, unless its table of contents alone would fill the memory."""
    with file.open("rb") if isinstance(file, Path) else nullcontext(file) as stream:
        # TRAP: zipfile reads the whole table at once, and has no public way to ask for its size.
        end = zipfile._EndRecData(stream)  # type: ignore[attr-defined]
        size = stream.seek(0, io.SEEK_END)
    if end and end[zipfile._ECD_SIZE] > most:  # type: ignore[attr-defined]
        raise Refused(TOO_MUCH)
    archive = zipfile.ZipFile(file)
    if sum(info.compress_size for info in archive.infolist()) > size:
        archive.close()
        raise Refused("The zip archive holds the same bytes several times over.")
    return archive


def _is_plain(name: str) -> bool:
    """Tell whether a file of this name can be put beside a notebook again."""
    categories = {unicodedata.category(letter) for letter in name}
    return not categories & {"Cc", "Cs"} and len(name.encode()) <= MAX_FILE_NAME


def safe_name(text: str) -> str:
    """Return a name that is one harmless path component and one line of a terminal."""
    line = clean(text.replace("/", " - ").replace("\\", " - "))
    return line.encode()[:MAX_NAME].decode(errors="ignore").strip(". ") or "unnamed"


def _told_apart(found: list[Submission]) -> list[Submission]:
    """Put the folder or archive it came from before a name that several submissions have."""
    counts = Counter(_compared(submission.name) for submission in found)
    return [
        submission
        if counts[_compared(submission.name)] == 1
        else replace(submission, name=safe_name("/".join(filter(None, _origin(submission.source)))))
        for submission in found
    ]


def _origin(source: str) -> tuple[str, ...]:
    path = PurePosixPath(source)
    return path.parent.name, path.stem


def _with_unique_names(found: list[Submission]) -> list[Submission]:
    taken: set[str] = set()
    counts: dict[str, int] = {}
    unique = []
    for submission in found:
        name = submission.name
        while _compared(name) in taken:
            counts[submission.name] = counts.get(submission.name, 1) + 1
            name = f"{submission.name} ({counts[submission.name]})"
        taken.add(_compared(name))
        unique.append(replace(submission, name=name))
    return unique


def _compared(name: str) -> str:
    """Return a form that is the same for names that could meet in one file on some system."""
    return unicodedata.normalize("NFKC", name.casefold())
