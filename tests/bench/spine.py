"""Time this grader and nbgrader on the same right functions, in one run; prints a table.

    nox -s bench [-- N]

Every figure is for N hand-ins (20) of the ten functions of 05_flow, all of them right, on this
machine, graded one after another. "with figures" is the whole notebook with its nine figures.
"""

import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from rich.console import Console
from rich.table import Table

from grader.demo import Actor, Theatre
from grader.model import HandIn, Submission
from grader.pipeline import Run, grade_all
from grader.processes.launch import Processes
from grader.settings import load_course

ROOT = Path(__file__).parents[2]
RIGHT = (
    {},
    {"x_to_y": "FW1a", "box_muller": "FW3b", "inv_cdf_y": "FW1a-inv_cdf_y"},
    {"x_to_y": "FW1c", "Affine": "FW11", "Compose": "G4-Compose", "cdf_y": "G3-cdf_y"},
    {"pushforward_pdf": "FW9c", "invert_cdf_numeric": "FW10c", "rosenblatt": "G8-rosenblatt"},
)
# The same functions, tested inside the student's kernel as nbgrader does: values of the handout.
TESTS = {
    "cdf_x": "assert np.allclose(cdf_x(np.array([0.0, 1.0, 2.0])), [0, 0.25, 1])",
    "cdf_y": "assert np.allclose(cdf_y(np.array([0.0, 1.0, 2.0])), [0, 0.75, 1])",
    "inv_cdf_y": "assert np.allclose(inv_cdf_y(np.array([0.0, 0.75, 1.0])), [0, 1, 2])",
    "x_to_y": "x = np.linspace(0, 2, 101)\nassert np.allclose(cdf_y(x_to_y(x)), cdf_x(x))",
    "box_muller": "assert np.allclose(box_muller(0.5, 0.25), [0, np.sqrt(2 * np.log(2))])",
    "pushforward_pdf": (
        "assert np.isclose(pushforward_pdf(p_X, lambda y: y / 2, lambda x: 2 + 0 * x, 1.0), 0.125)"
    ),
    "invert_cdf_numeric": "assert abs(invert_cdf_numeric(p_X, 0.0, 2.0, 0.25) - 1) < 1e-3",
    "rosenblatt": "assert np.allclose(rosenblatt(0.3, 0.5), rosenblatt(0.3, 0.5))",
    "Affine": "assert np.isclose(Affine(2.0, 1.0).forward(3.0 + np.zeros(1))[0], 7)",
    "Compose": "assert np.isclose(Compose([Affine(2.0, 1.0)]).forward(3.0 + np.zeros(1))[0], 7)",
}


@dataclass
class Row:
    """One line of the table; seconds and megabytes."""

    name: str
    wall: float
    cpu: float
    count: int
    start: float = 0.0


def right_notebooks(count: int, *, figures: bool) -> list[dict[str, Any]]:
    """Return right hand-ins, written in different ways."""
    theatre = Theatre(load_course(ROOT))
    notebooks = []
    for number in range(count):
        actor = Actor("bench", ("A", "B"), "", RIGHT[number % len(RIGHT)])
        document = json.loads(theatre.hand_in(actor))
        if not figures:
            document["cells"] = [c for c in document["cells"] if not draws(c["source"])]
        notebooks.append(document)
    return notebooks


def draws(source: str) -> bool:
    """Tell whether a cell makes a figure."""
    return "subplots(" in source or "= draw_grid(" in source


def ours(name: str, notebooks: list[dict[str, Any]], jobs: int) -> Row:
    """Grade with this grader, in this process and its workers."""
    start = time.monotonic()
    with Processes() as processes:
        course = load_course(ROOT)
        run = Run(course, processes, "bench")
        hand_ins = [HandIn(json.dumps(document).encode()) for document in notebooks]
        load: list[Callable[[], HandIn]] = [lambda h=h: h for h in hand_ins]
        submissions = [Submission(f"s{n}", "", loader) for n, loader in enumerate(load)]
        # The first one also loads the checks: start-up, like the warm-up itself.
        for graded in grade_all(run, submissions[:1], 1):
            assert graded.grade.points == graded.grade.max_points, graded.grade
        ready, before = time.monotonic(), machine_seconds()
        for graded in grade_all(run, submissions, jobs):
            assert graded.grade.points == graded.grade.max_points, graded.grade
        wall = time.monotonic() - ready
    return Row(name, wall, machine_seconds() - before, len(submissions), ready - start)


def machine_seconds() -> float:
    """Return the processor seconds this machine has spent; forks of forks are ours and counted."""
    numbers = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:4]
    return sum(map(int, numbers)) / os.sysconf("SC_CLK_TCK")


def nbgrader(notebooks: list[dict[str, Any]], folder: Path) -> Row:
    """Grade the same functions with nbgrader's autograde, as its documentation says."""
    source = folder / "source" / "flow"
    source.mkdir(parents=True)
    nbformat.write(nbgrader_source(notebooks[0]), source / "flow.ipynb")
    shutil.copytree(ROOT / "assignments" / "05_flow" / "data", source / "data")
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.root = '.'\n")
    command("generate_assignment", "flow", "--create", cwd=folder)
    release = nbformat.read(folder / "release" / "flow" / "flow.ipynb", 4)
    for number, document in enumerate(notebooks):
        place = folder / "submitted" / f"s{number}" / "flow"
        shutil.copytree(folder / "release" / "flow", place)
        nbformat.write(filled(release, document), place / "flow.ipynb")
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command("autograde", "flow", cwd=folder)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - start
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    check_scores(folder, len(notebooks))
    return Row("nbgrader 0.9.6 autograde", wall, cpu, len(notebooks))


def command(*words: str, cwd: Path) -> None:
    """Run an nbgrader command; it finds its own helpers by name on the PATH."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path},
    )
    if done.returncode:
        sys.exit(f"nbgrader {words[0]} failed:\n{done.stderr[-3000:]}")


def functions(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the code cells of a hand-in, each with the exercise it defines, if any."""
    code = [cell["source"] for cell in document["cells"] if cell["cell_type"] == "code"]
    return [(defines(source), source) for source in code if not source.startswith("check(")]


def defines(source: str) -> str:
    """Return the exercise that a cell defines, or nothing."""
    found = [n for n in TESTS if f"def {n}(" in source or f"class {n}" in source]
    return found[-1] if found else ""


def nbgrader_source(document: dict[str, Any]) -> nbformat.NotebookNode:
    """Return the notebook with nbgrader's own marks: solutions to hide, tests with points."""
    notebook = nbformat.v4.new_notebook()
    for name, source in functions(document):
        if not name:
            notebook.cells.append(nbformat.v4.new_code_cell(source))
            continue
        hidden = f"### BEGIN SOLUTION\n{source}\n### END SOLUTION"
        notebook.cells.append(marked(hidden, name, solution=True))
        notebook.cells.append(marked(TESTS[name], f"test_{name}", grade=True))
    return notebook


def marked(source: str, name: str, *, solution: bool = False, grade: bool = False) -> Any:
    """Return a code cell with nbgrader's metadata."""
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade": grade,
        "grade_id": name,
        "locked": grade,
        "solution": solution,
        "task": False,
        **({"points": 1} if grade else {}),
    }
    return cell


def filled(release: nbformat.NotebookNode, document: dict[str, Any]) -> nbformat.NotebookNode:
    """Return the released notebook with the functions of one hand-in written in."""
    copy = nbformat.from_dict(json.loads(json.dumps(release)))
    written = {name: source for name, source in functions(document) if name}
    for cell in copy.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in written:
            cell.source = written[name]
    return copy


def check_scores(folder: Path, count: int) -> None:
    """Stop if nbgrader did not give everybody everything: then nothing would be compared."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        scores = [submission.score for submission in book.assignment_submissions("flow")]
    if scores != [float(len(TESTS))] * count:
        sys.exit(f"nbgrader gave {scores}, not {len(TESTS)} points each")


def show(rows: list[Row]) -> None:
    """Print the table, with each row's ratio to the last one."""
    table = Table(title=f"{rows[0].count} right hand-ins of 05_flow, one after another")
    for title in ("grader", "wall s", "s each", "processor s each", "start-up s", "times faster"):
        table.add_column(title, justify="left" if title == "grader" else "right")
    slowest = rows[-1].wall / rows[-1].count
    for row in rows:
        each = row.wall / row.count
        table.add_row(
            row.name,
            f"{row.wall:.2f}",
            f"{each:.3f}",
            f"{row.cpu / row.count:.3f}",
            f"{row.start:.1f}" if row.start else "",
            f"{slowest / each:.1f}",
        )
    console = Console(width=110)
    console.print(table)
    model = [
        x for x in Path("/proc/cpuinfo").read_text().splitlines() if x.startswith("model name")
    ]
    cpu = model[0].split(":")[1].strip() if model else platform.processor()
    load = statistics.mean(os.getloadavg()[:2])
    console.print(f"{os.cpu_count()} × {cpu}, Python {platform.python_version()}, load {load:.1f}")


def main() -> None:
    """Run everything and print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    plain, full = (right_notebooks(count, figures=f) for f in (False, True))
    rows = [
        ours("this grader, the functions", plain, 1),
        ours("this grader, the functions, two at a time", plain, 2),
        ours("this grader, with figures", full, 1),
        ours("this grader, with figures, two at a time", full, 2),
    ]
    with tempfile.TemporaryDirectory() as folder:
        rows.append(nbgrader(plain, Path(folder)))
    show(rows)


if __name__ == "__main__":
    main()
