"""`grader doctor`: what this machine can do, and what is wrong with a notebook."""

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from grader.errors import UsageError
from grader.notebook.read import Notebook
from grader.notebook.rules import listed

STUDENT = ("numpy", "matplotlib", "ipython", "pytest", "hypothesis", "nbconvert", "math-core")
STAFF = ("jupytext", "pyyaml", "tomli-w")
INSTALL = 'python -m pip install "inside-language-models[student]"'
MIN_TORCH = (2, 6)
MIN_PYTHON = (3, 11)


@click.command(name="doctor")
@click.argument(
    "notebook", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--repair", is_flag=True, help="Mend what can be mended, and write it to a new file.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="That file; NAME.repaired.ipynb if not given."
)
@click.option(
    "--in-place",
    is_flag=True,
    help="Mend NOTEBOOK itself; as it was, it is kept as NAME.ipynb.bak.",
)
def command(notebook: Path | None, repair: bool, out: Path | None, in_place: bool) -> None:
    """Say what this machine can do; with NOTEBOOK, what is wrong with it.

    Exit codes: 0 nothing is left that costs points; 1 something is; 2 wrong usage.

    \b
    Examples:
      grader doctor
      grader doctor 05_flow.ipynb
      grader doctor 05_flow.ipynb --repair
    """
    if (out or in_place) and not repair:
        raise UsageError("--out and --in-place say where a repaired notebook goes: add --repair.")
    if out and in_place:
        raise UsageError("Say either --out or --in-place.")
    if notebook is None and repair:
        raise UsageError("Name the notebook to repair.")
    if notebook is None:
        for line in about_machine():
            click.echo(line)
        return
    target = (out or notebook.with_suffix(".repaired.ipynb")) if repair else None
    sys.exit(examine(notebook, notebook if in_place else target))


def examine(notebook: Path, target: Path | None) -> int:
    """Explain a notebook, mend it if there is a target to write to, and return the exit code."""
    from grader.notebook.repair import repair

    data = notebook.read_bytes()
    result = repair(data)
    worries = show_reading(notebook, data)
    for finding in result.findings:
        done = "Mended" if target else "--repair mends it"
        remedy = f" {done}: {finding.remedy}" if finding.remedy else ""
        click.echo(f"- {finding.problem}{remedy}")
    if not result.findings:
        click.echo("Nothing is wrong with the file.")
    elif not any(finding.costs for finding in result.findings):
        click.echo("Nothing of this costs points.")
    if target and result.mended:
        write(notebook, target, result.data)
        worries = show_reading(target, result.data)
    elif target:
        click.echo("There is nothing that can be mended here, and no file was written.")
    left = result.left if target else result.findings
    return int(worries or any(finding.costs for finding in left))


def show_reading(path: Path, data: bytes) -> bool:
    """Print what grading would read in a notebook; tell whether something of it costs points."""
    from grader.errors import Refused
    from grader.notebook.names import members
    from grader.notebook.read import read_notebook

    try:
        notebook = read_notebook(data)
    except Refused as error:
        click.echo(f"{path.name} would be refused. {error}")
        return True
    names = members(notebook)
    click.echo(f"{path.name}: {len(notebook.cells)} cells, {len(notebook.code)} of them code")
    click.echo(f"names: {', '.join(names)}" if names else "no names: fill in MEMBERS = [...]")
    worries = list(about_exercises(notebook, data, path.resolve().parent))
    for line in worries:
        click.echo(f"! {line}")
    return bool(worries)


def write(notebook: Path, target: Path, data: bytes) -> None:
    """Write a repaired notebook; what was there is never lost."""
    backup = notebook.with_name(f"{notebook.name}.bak")
    in_place = target.exists() and target.samefile(notebook)
    if in_place and backup.exists():
        raise UsageError(f"{backup} is there already. Move it away, so that nothing is lost.")
    if target.exists() and not in_place:
        raise UsageError(f"{target} is there already. Move it away, or name another with --out.")
    try:
        if in_place:
            shutil.copy2(notebook, backup)
        target.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{target} cannot be written to ({error.strerror}).") from error
    kept = f"; as it was, it is {backup.name}" if in_place else f"; {notebook.name} is as it was"
    click.echo(f"\nWritten to {target}{kept}.")


def about_machine() -> Iterator[str]:
    """Yield one line for each thing that matters: first what a student needs."""
    yield f"Python {platform.python_version()} on {platform.system()} {platform.release()}"
    if sys.version_info < MIN_PYTHON:
        yield "This Python is too old: 3.11 or newer is needed."
    yield f"{os.cpu_count()} processors"
    yield from about_packages()
    yield about_torch()
    yield about_paper()
    if sys.platform == "linux":
        yield from about_isolation()
    else:
        yield (
            "`grader check` runs notebooks in an ordinary process here. Walls, and so grading, "
            "need Linux."
        )


def about_packages() -> Iterator[str]:
    """Yield which packages are here, what is missing, and how to get it."""
    found = {name: version(name) for name in STUDENT}
    yield ", ".join(f"{name} {number}" for name, number in found.items() if number)
    missing = [name for name, number in found.items() if not number]
    if missing:
        them = "it" if len(missing) == 1 else "them"
        yield f"missing, and needed for notebooks: {', '.join(missing)}. Get {them}: {INSTALL}"
    left = [name for name in STAFF if not version(name)]
    if left:
        yield f"set up for students; releasing and reporting would need {', '.join(left)} as well"


def about_paper() -> str:
    """Return how `grader pack` would make a PDF here."""
    from grader.reports.printing import find_browser

    browser = find_browser()
    if browser is not None:
        return f"PDF by the browser {browser}"
    if version("fpdf2"):
        return "PDF by fpdf2, plainly: no Chromium, Chrome or Edge was found"
    return f"no PDF can be made: there is neither Chromium, Chrome or Edge nor fpdf2. {INSTALL}"


def about_isolation() -> Iterator[str]:
    """Yield what would stand between student code and this machine, and how to get more."""
    from grader.sandbox.advice import advice
    from grader.sandbox.probe import find_isolation

    try:
        _, isolation = find_isolation([Path.cwd()])
    except OSError as error:
        yield f"isolation: none could be had ({error})"
        return
    yield f"isolation: {isolation.level} ({', '.join(isolation.walls[1:])})"
    yield from (f"not prevented: {name}" for name in isolation.open)
    yield from advice(isolation)


def about_torch() -> str:
    """Return what is to be said about torch."""
    found = version("torch")
    if found is None:
        return (
            "torch is missing; assignments that use it cannot be run. Get it as docs/students.md "
            "says: the build for the CPU is enough"
        )
    numbers = tuple(int(part) for part in found.split("+")[0].split(".")[:2])
    if numbers < MIN_TORCH:
        return f"torch {found} is too old: at least 2.6 is needed"
    return f"torch {found}"


def about_exercises(notebook: Notebook, data: bytes, folder: Path) -> Iterator[str]:
    """Print which exercises are there, and yield why others would be lost, without running it."""
    from grader.desk import find_assignment
    from grader.notebook.causes import Evidence, cause, unresolved
    from grader.notebook.given import kept, misplaced

    names, given = [], Notebook(())
    try:
        assignment = find_assignment(folder)
    except UsageError as error:
        click.echo(str(error))
    else:
        if problem := misplaced(assignment, data):
            yield problem
            return
        names, given = [exercise.name for exercise in assignment.exercises], kept(assignment)
    evidence = Evidence(notebook, given)
    for name, cells in unresolved(evidence).items():
        yield f"{listed([i + 1 for i in cells], 'uses', 'use')} `{name}`. {cause(evidence, name)}"
    if not names:
        return
    missing = [name for name in names if not evidence.binding(name)]
    blank = [name for name in names if evidence.is_blank(name)]
    click.echo(f"not defined: {', '.join(missing)}" if missing else "every exercise is defined")
    if blank:
        click.echo(f"still blank: {', '.join(blank)}")
    yield from filter(None, (cause(evidence, name) for name in names))


def version(name: str) -> str | None:
    """Return the version of an installed distribution."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
