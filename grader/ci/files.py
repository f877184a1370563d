"""The files that make a pipeline grade: written into a repository, or packed for Gradescope."""

import io
import json
import shlex
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import grader
from grader.errors import LeakFound, UsageError
from grader.model import Assignment, Course
from grader.release import Files, leaks
from grader.settings import COURSE_FILE, GIVEN_FILE, course_secret

TEMPLATES = Path(__file__).parent / "templates"
PACKAGE = Path(grader.__file__).parent
CHECKOUT = PACKAGE.parent
# Beside the package in a checkout; where it is installed, in it.
PLACES = (CHECKOUT, PACKAGE / "_kit")
KIT = ("pyproject.toml", "README.md", "LICENSE")
# Variants are for `grader certify`: what a pipeline does not need does not go there.
SKIPPED = {"__pycache__", ".ipynb_checkpoints", ".grader", "variants", "_kit"}
WORKFLOWS = {
    "github": ("github.yml", ".github/workflows/grade.yml"),
    "classroom": ("classroom.yml", ".github/workflows/classroom.yml"),
    "gitlab": ("gitlab.yml", ".gitlab-ci.yml"),
}
# No time of day in an archive: made twice from the same course, it is the same.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Wish:
    """What a pipeline grades, and what pip is given there.

    Without `install` that is the grader itself; without `torch`, none is installed.
    """

    course: Course
    assignment: Assignment
    notebook: str
    torch: str
    install: str = ""


def repository_files(site: str, wish: Wish) -> Files:
    """Return what goes into a student's repository: a workflow, public checks, and the grader.

    Raises `LeakFound` when anything hidden were among them.
    """
    template, target = WORKFLOWS[site]
    public = dict(_public(wish.assignment))
    _refuse_leaks(wish.course, {f"{wish.assignment.name}/{n}": d for n, d in public.items()})
    files = {f".ci/course/assignments/{wish.assignment.name}/{n}": d for n, d in public.items()}
    files[f".ci/course/{COURSE_FILE}"] = course_file(wish.course)
    if not wish.install:
        files |= {f".ci/kit/{name}": data for name, data in kit()}
    files[target] = _fill(template, wish, ".ci/kit")
    return files


def course_file(course: Course) -> bytes:
    """Return the course file that goes along: its title, and nothing about marks.

    Policies name assignments that are not there, and are no business of a pipeline.
    """
    import tomli_w

    return tomli_w.dumps({"title": course.title}).encode()


def autograder_zip(wish: Wish) -> bytes:
    """Return the archive that Gradescope wants, hidden checks and solution included."""
    assignment = wish.assignment
    if assignment.hidden is None:
        raise UsageError(f"The solution of {assignment.name} is not here: make the archive there.")
    course = Path("course")
    files = {
        "setup.sh": _fill("setup.sh", wish, "./kit"),
        "run_autograder": _fill("run_autograder", wish, "./kit"),
        f"course/{COURSE_FILE}": course_file(wish.course),
        "course/.grader/secret": course_secret(wish.course.root).encode(),
    }
    for name, data in _public(assignment):
        files[str(course / "assignments" / assignment.name / name)] = data
    for name, data in _below(assignment.hidden):
        files[str(course / "solutions" / assignment.name / name)] = data
    if not wish.install:
        files |= {f"kit/{name}": data for name, data in kit()}
    return _zipped(files)


def kit() -> Iterator[tuple[str, bytes]]:
    """Yield the grader itself, as pip can install it, by path."""
    whole = (place for place in PLACES if all((place / name).is_file() for name in KIT))
    place = next(whole, None)
    if place is None:
        raise UsageError(
            f"There is no {' or no '.join(KIT)} with the grader in {PACKAGE}, so it cannot go "
            "along. Say with --install what pip is to install there."
        )
    for name in KIT:
        yield name, (place / name).read_bytes()
    for name, data in _below(PACKAGE):
        yield f"{PACKAGE.name}/{name}", data


def _public(assignment: Assignment) -> Iterator[tuple[str, bytes]]:
    """Yield what `grader release` has written for an assignment, and nothing that lies beside."""
    data = [f"data/{file.name}" for file in assignment.data]
    given = [GIVEN_FILE] if (assignment.folder / GIVEN_FILE).is_file() else []
    for name in (f"{assignment.name}.ipynb", "assignment.toml", "checks.py", *given, *data):
        yield name, (assignment.folder / name).read_bytes()


def _below(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        if file.is_file() and not SKIPPED.intersection(inside.parts):
            yield inside.as_posix(), file.read_bytes()


def _refuse_leaks(course: Course, files: Files) -> None:
    if any(assignment.hidden for assignment in course.assignments):
        findings = leaks(course.root, files, (course_secret(course.root),))
        if findings:
            raise LeakFound(findings)


def _fill(template: str, wish: Wish, kit_at: str) -> bytes:
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    if "@HIDDEN@" in text:
        hidden = (TEMPLATES / "hidden.yml").read_text(encoding="utf-8").rstrip("\n")
        text = text.replace("@HIDDEN@", hidden)
    if not wish.torch:
        text = "".join(line for line in text.splitlines(True) if "@TORCH@" not in line)
    quote: Callable[[str], str] = json.dumps if template.endswith(".yml") else shlex.quote
    text = text.replace("NOTEBOOK: @NOTEBOOK@", f"NOTEBOOK: {quote(wish.notebook)}")
    values = {
        "@NOTEBOOK@": wish.notebook,
        "@ASSIGNMENT@": wish.assignment.name,
        "@TORCH@": wish.torch,
        "@KIT@": wish.install or f"{kit_at}[staff]",
    }
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text.encode()


def _zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            runs = name in {"setup.sh", "run_autograder"}
            info.external_attr = (stat.S_IFREG | (0o755 if runs else 0o644)) << 16
            archive.writestr(info, data)
    return buffer.getvalue()
