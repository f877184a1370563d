"""Make the student tree from the solutions, and refuse when it would give something away."""

import json
from collections.abc import Iterable
from pathlib import Path

import tomli_w

from grader.errors import CourseError, LeakFound
from grader.notebook.audit import Hidden, audit, hidden_names
from grader.notebook.authoring import Draft, assignment_tables, read_draft, student_notebook
from grader.notebook.source import read_cells, solution_regions, without_solution
from grader.settings import GIVEN_FILE

Files = dict[str, bytes]


def release(root: Path, out: Path, secrets: Iterable[str], only: str = "") -> list[str]:
    """Write the student tree of the course at `root` to `out`; return the files written.

    With `only` it is the part of one assignment, by its name.

    Raises `LeakFound`, and writes nothing, when the tree holds a solution, an output, a hidden
    check or a secret.
    """
    files = student_tree(root, only)
    findings = leaks(root, files, tuple(secrets))
    if findings:
        raise LeakFound(findings)
    for name, data in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(data)
    return sorted(files)


def student_tree(root: Path, only: str = "") -> Files:
    """Return every file that students get, by its path below the student tree.

    With `only` it is the part of one assignment, by its name.
    """
    files: Files = {}
    for solution in (folder for folder in solutions(root) if only in ("", folder.name)):
        draft = read_draft(solution, root / "assignments" / solution.name)
        for name, data in assignment_files(root, draft).items():
            files[f"{solution.name}/{name}"] = data
    return files


def assignment_files(root: Path, draft: Draft) -> Files:
    """Return the files of one assignment, by name."""
    public = checks_of(draft.path.parent, "public_checks.py")
    notebook = student_notebook(draft).encode()
    files = {
        f"{draft.assignment.name}.ipynb": notebook,
        GIVEN_FILE: notebook,
        "assignment.toml": _toml(draft).encode(),
        "checks.py": public.encode(),
    }
    for name in draft.table.data:
        source = root / "data" / name
        if not source.is_file():
            raise CourseError(draft.path, f"the data file {source} is missing: put it there")
        files[f"data/{name}"] = source.read_bytes()
    return files


def solutions(root: Path) -> list[Path]:
    """Return the folders of solutions, in order; raises `CourseError` when there are none."""
    found = sorted(path.parent for path in root.glob("solutions/*/solution.py"))
    if not found:
        raise CourseError(
            root / "solutions",
            "has no NN_topic/solution.py, so nothing can be released. Get the solutions, or make "
            "an assignment with `grader new-assignment NN_topic`.",
        )
    return found


def leaks(root: Path, files: Files, secrets: tuple[str, ...]) -> list[str]:
    """Return what the student tree of a course gives away, one sentence each.

    The structure of code is compared within an assignment: across a whole course, two loops of
    three lines look alike. Lines of solutions are looked for in every assignment.
    """
    hidden = {solution.name: what_is_hidden(solution, secrets) for solution in solutions(root)}
    findings = []
    for name, own in hidden.items():
        mine = {path: data for path, data in files.items() if path.startswith(f"{name}/")}
        others = [other for other in hidden.values() if other is not own]
        lines = tuple(text for other in others for text in (*other.code, *other.text))
        given = tuple(text for other in others for text in other.given)
        findings += audit(mine, own)
        findings += audit(mine, Hidden(code=(), text=lines, given=(*given, *own.given)))
    return findings


def what_is_hidden(solution: Path, secrets: tuple[str, ...]) -> Hidden:
    """Return what the audit looks for: a solution, right variants, rubrics, hidden checks."""
    code: list[str] = []
    text: list[str] = []
    exercises: dict[str, str] = {}
    for cell in read_cells(solution / "solution.py"):
        code += solution_regions(cell.source)
        if "exercise" in cell.metadata:
            exercises[cell.metadata["exercise"]] = without_solution(cell)
        if cell.has_tag("staff") or {"answer", "rubric"} & cell.metadata.keys():
            text.append(cell.source)
    for file in sorted(solution.glob("variants/*.py")):
        code += [cell.source for cell in read_cells(file) if cell.kind == "code"]
    checks = checks_of(solution, "checks.py")
    public = checks_of(solution, "public_checks.py")
    return Hidden(
        code=tuple(code),
        text=tuple(text),
        names=hidden_names(checks, public),
        secrets=secrets,
        exercises=frozenset(exercises),
        given=tuple(exercises.values()),
    )


def checks_of(solution: Path, name: str) -> str:
    """Return one of the two files of checks of a solution; raises `CourseError` without it."""
    file = solution / name
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(
            file,
            f"cannot be read ({error}). Each assignment has a public_checks.py and a checks.py",
        ) from error


def _toml(draft: Draft) -> str:
    first = f"# Made by `grader release` from the solution of {draft.assignment.name}.\n"
    return first + tomli_w.dumps(json.loads(json.dumps(assignment_tables(draft))))
