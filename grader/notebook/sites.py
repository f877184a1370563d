"""Whose a hand-in is and when it came, as course sites write it into names and lists.

Only what the site itself has written is read: the outermost folder or file of a hand-in, and
lists beside it. What lies deeper is the student's own, and may be named like somebody else's.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import PurePosixPath

from grader.model import Origin, Person
from grader.notebook.lists import gradescope_list, nbgrader_time
from grader.roster import clean

ReadBytes = Callable[[int], bytes]
Files = Mapping[PurePosixPath, ReadBytes]
# Where a file of a hand-in belongs, and what the site says of that hand-in.
Placed = tuple[PurePosixPath, Origin]
Site = Callable[[PurePosixPath], Placed]

METADATA = "submission_metadata.yml"
TIMESTAMP = "timestamp.txt"
MAX_LIST = 8 << 20
MAX_TIMESTAMP = 200
CLASSROOM = "-submissions"
# The name of a file, not of a folder above.
REST = r"(?P<rest>[^/]*[^/.][^/]*)"
MOODLE = re.compile(rf"(?P<name>[^_/]*)_(?P<id>\d+)_assignsubmission_[a-z]+(_{REST}?)?")
# TRAP: a student may hand in `1_2_x.ipynb`. The first two numbers are the site's: it takes numbers
# between underscores out of names.
CANVAS = re.compile(
    rf"(?P<name>\w*?)_?(?P<late>LATE_)?(?P<id>\d+|anon_[^\W_]+)_(?P<file>\d+)_{REST}"
)


def layout(container: str, files: Files, *, is_whole: bool = True) -> Site:
    """Return how the hand-ins in a folder or archive are laid out; `container` is its name.

    Where the files are not the whole of it, no folder around them is looked through: it is that of
    a student.
    """
    depth, name = _unwrapped(container, files) if is_whole else (0, container)
    top = [PurePosixPath(*path.parts[depth:]) for path in files if len(path.parts) > depth]
    for path, read in files.items():
        if path.parts[depth:] == (METADATA,):
            return partial(_listed, depth, gradescope_list(read(MAX_LIST)))
    if name == "submitted" and any(len(path.parts) >= 3 for path in top):
        return partial(_nbgrader, depth, files)
    if name.endswith(CLASSROOM):
        return partial(_classroom, depth, name.removesuffix(CLASSROOM) + "-")
    return partial(_by_name, depth)


def own_name(name: str) -> bool:
    """Tell whether a folder or file is one hand-in, named by a site."""
    return bool(MOODLE.fullmatch(name) or CANVAS.fullmatch(name))


def nowhere(path: PurePosixPath) -> Placed:
    """Leave a file where it is: no site says anything of it."""
    return path, Origin()


def of(origin: Origin) -> Site:
    """Return the layout of what lies inside one hand-in: all of it has the same origin."""
    return lambda path: (path, origin)


def _unwrapped(container: str, files: Files) -> tuple[int, str]:
    """Return how many folders lie around everything, and the name of the innermost."""
    shown = [path for path in files if not path.name.startswith(".")]
    tops = {path.parts[0] for path in shown}
    nested = all(len(path.parts) > 1 for path in shown)
    if len(tops) == 1 and nested and not own_name(next(iter(tops))) and container != "submitted":
        return 1, next(iter(tops))
    return 0, container


def _by_name(depth: int, path: PurePosixPath) -> Placed:
    """Read the names that Moodle and Canvas give: a folder, or the name of the file itself."""
    *folders, last = path.parts[depth:] or ("",)
    found = MOODLE.fullmatch(folders[0] if folders else last)
    if found:
        name, number = clean(found["name"]), found["id"]
        rest = [*folders[1:], last] if folders else [found["rest"] or last]
        origin = Origin("moodle", (Person(name, number),))
        return PurePosixPath(f"{name}_{number}", *rest), origin
    found = None if folders else CANVAS.fullmatch(last)
    if found:
        name = clean(found["name"]).strip("_")
        person = Person(name, found["id"])
        origin = Origin("canvas", (person,), late=bool(found["late"]), file=found["file"])
        return PurePosixPath(f"{name}_{found['id']}".strip("_"), found["rest"]), origin
    return path, Origin()


def _listed(depth: int, table: dict[str, Origin], path: PurePosixPath) -> Placed:
    """Look up a Gradescope hand-in: one folder or file for each entry of its list."""
    parts = path.parts[depth:]
    if not parts or parts[0] not in table:
        return path, Origin()
    return PurePosixPath(*parts), table[parts[0]]


def _nbgrader(depth: int, files: Files, path: PurePosixPath) -> Placed:
    """Read `submitted/STUDENT/ASSIGNMENT/…` and the time stamp that nbgrader leaves there."""
    if len(path.parts) < depth + 3:
        return path, Origin()
    student = clean(path.parts[depth])
    read = files.get(PurePosixPath(*path.parts[: depth + 2], TIMESTAMP))
    time = nbgrader_time(read(MAX_TIMESTAMP)) if read else ""
    origin = Origin("nbgrader", (Person(id=student, account=student),), time)
    return PurePosixPath(*path.parts[depth:]), origin


def _classroom(depth: int, prefix: str, path: PurePosixPath) -> Placed:
    """Read `ASSIGNMENT-submissions/ASSIGNMENT-LOGIN/…`, where repositories are cloned to."""
    parts = path.parts[depth:]
    if len(parts) < 2 or not parts[0].startswith(prefix):
        return path, Origin()
    login = clean(parts[0].removeprefix(prefix))
    return PurePosixPath(*parts), Origin("classroom", (Person(id=login),))
