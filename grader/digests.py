"""What decides a result, as digests: the hand-in, checks, reference, grader and environment."""

import ast
import functools
import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.errors import CourseError
from grader.model import Assignment, Exercise, HandIn, Isolation
from grader.notebook.source import read_cells, with_solution

GRADER = Path(__file__).parent
# What takes part in every result; what else a notebook imports is the machine's own business.
LIBRARIES = ("hypothesis", "numpy", "torch")


@dataclass(frozen=True)
class Setting:
    """What a run of the grader brings along beside files."""

    secret: str
    device: str
    isolation: Isolation


@dataclass(frozen=True)
class Digests:
    """What decides, for every hand-in of an assignment alike.

    `run` decides what cells show, `exercises` by name what checks find, `words` all that is read
    off a notebook and its settings without running anything.
    """

    run: str
    exercises: Mapping[str, str]
    words: str


@dataclass(frozen=True)
class Keys:
    """What decides for one hand-in: what its cells show, each exercise's results, the grade.

    `content` is what takes part of the hand-in itself: its code and the files beside it.
    """

    content: str
    run: str
    exercises: Mapping[str, str]
    basis: str


def digest(*parts: str | bytes) -> str:
    """Return the SHA-256 of some parts in hexadecimal; where each of them ends counts."""
    whole = hashlib.sha256()
    for part in parts:
        # Student text may hold halves of characters, which plain UTF-8 cannot write.
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()


def keys_of(digests: Digests, code: Iterable[str], hand_in: HandIn) -> Keys:
    """Return the keys of a hand-in: its code cells whole, and every file that came with it."""
    files = [part for name, content in hand_in.files for part in (name, content)]
    content = digest(digest(*code), digest(*files))
    run = digest(digests.run, content)
    exercises = {name: digest(own, content) for name, own in digests.exercises.items()}
    basis = digest(digests.words, hand_in.digest, run, *exercises.values())
    return Keys(content, run, exercises, basis)


def digests_of(assignment: Assignment, setting: Setting) -> Digests:
    """Return the digests of an assignment as its files are now.

    A check's own source decides its exercise, everything else in the files of checks all of them.
    Raises `CourseError` for a file of checks that is not Python.
    """
    shared, own = _checks(assignment)
    run = digest(
        assignment.name, grader_version(), environment(), _circumstances(assignment, setting)
    )
    base = digest(run, assignment.reveal, *_reference(assignment), *shared)
    exercises = {
        exercise.name: digest(base, *_exercise(exercise), *own.get(exercise.name, ()))
        for exercise in assignment.exercises
    }
    texts = (assignment.folder / "assignment.toml", assignment.folder / f"{assignment.name}.ipynb")
    return Digests(run, exercises, digest(*map(_content, texts)))


@functools.cache
def grader_version() -> str:
    """Return a digest of the grader's own sources and templates."""
    files = sorted(file for file in GRADER.rglob("*") if file.is_file())
    own = [file for file in files if "__pycache__" not in file.parts]
    return digest(*(part for f in own for part in (str(f.relative_to(GRADER)), f.read_bytes())))


def environment() -> str:
    """Return a digest of the versions of Python and of the libraries that results depend on."""
    return digest(sys.version, *map(version_of, LIBRARIES))


def version_of(library: str) -> str:
    """Return the version of an installed library, or nothing."""
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return ""


def split_checks(source: str) -> tuple[str, dict[str, list[str]]]:
    """Return what the checks of a file share, and by exercise what is its checks' own.

    Comments and layout do not count. A check that is mentioned outside of itself is shared, and so
    is a function that does not say in plain words whose check it is.
    """
    body = ast.parse(source).body
    words = [words_in(node) for node in body]
    own: dict[str, list[str]] = {}
    shared = []
    for at, node in enumerate(body):
        exercise = exercise_of(node)
        others = (words[other] for other in range(len(body)) if other != at)
        if exercise and not any(node.name in mentioned for mentioned in others):  # type: ignore[attr-defined]
            own.setdefault(exercise, []).append(ast.dump(node))
        else:
            shared.append(ast.dump(node))
    return digest(*shared), own


def words_in(node: ast.AST) -> set[str]:
    """Return every name, attribute and whole text in a piece of code."""
    fields = ("id", "attr", "name", "value")
    found = (getattr(part, field, None) for part in ast.walk(node) for field in fields)
    return {word for word in found if isinstance(word, str)}


def exercise_of(node: ast.stmt) -> str:
    """Return the exercise that a statement defines a check of, or nothing."""
    if not isinstance(node, ast.FunctionDef):
        return ""
    marks = [
        mark
        for mark in node.decorator_list
        if isinstance(mark, ast.Call)
        and isinstance(mark.func, ast.Name)
        and mark.func.id == "check"
    ]
    if len(marks) != 1:
        return ""
    named = [word.value for word in marks[0].keywords if word.arg == "exercise"]
    first = next(iter([*marks[0].args, *named]), None)
    known = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return first.value if known else ""  # type: ignore[union-attr]


def _checks(assignment: Assignment) -> tuple[list[str], dict[str, list[str]]]:
    files = [assignment.folder / "checks.py"]
    if assignment.hidden is not None:
        files.append(assignment.hidden / "checks.py")
    all_shared: list[str] = []
    all_own = _mistakes(assignment)
    for file in files:
        try:
            shared, own = split_checks(file.read_text(encoding="utf-8"))
        except SyntaxError as error:
            problem = f"line {error.lineno} is not Python (SyntaxError: {error.msg})"
            raise CourseError(file, problem) from error
        except (OSError, ValueError) as error:
            raise CourseError(file, f"cannot be read ({error})") from error
        all_shared.append(shared)
        for name, sources in own.items():
            all_own.setdefault(name, []).append(digest(file.parent.parent.name, *sources))
    return all_shared, all_own


def _mistakes(assignment: Assignment) -> dict[str, list[str]]:
    """Return by exercise the known mistakes that failures may be named after."""
    found: dict[str, list[str]] = {}
    folder = assignment.hidden / "mistakes" if assignment.hidden is not None else None
    for file in sorted(folder.glob("*.py")) if folder is not None else ():
        for cell in read_cells(file):
            if cell.kind == "code":
                name = str(cell.metadata.get("exercise"))
                header = json.dumps(cell.metadata, sort_keys=True, default=str)
                found.setdefault(name, []).append(digest(header, cell.source))
    return found


def _reference(assignment: Assignment) -> list[str]:
    """Return the code of the reference and of what stands in for it."""
    if assignment.hidden is None:
        return []
    solution = read_cells(assignment.hidden / "solution.py")
    sources = [with_solution(cell.source) for cell in solution if cell.is_reference]
    file = assignment.hidden / "stand_ins.py"
    others = [cell for cell in read_cells(file) if cell.kind == "code"] if file.exists() else []
    named = [part for c in others for part in (str(c.metadata.get("stand_in")), c.source)]
    return [digest(*sources), digest(*named)]


def _exercise(exercise: Exercise) -> tuple[str, ...]:
    # Not its points: they are worked out anew each time, from the same results.
    return (exercise.name, *exercise.depends)


def _circumstances(assignment: Assignment, setting: Setting) -> str:
    isolation = setting.isolation
    data = [part for file in assignment.data for part in (file.name, _content(file))]
    return digest(
        setting.secret,
        setting.device,
        isolation.level,
        *isolation.walls,
        json.dumps(asdict(assignment.limits)),
        *data,
    )


def _content(file: Path) -> bytes:
    """Return the bytes of a file; empty where there is none."""
    return file.read_bytes() if file.is_file() else b""
