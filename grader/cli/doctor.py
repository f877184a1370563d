"""`grader doctor`: what this machine can do, and what is wrong with a notebook."""

import importlib.metadata
import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

import click

NEEDED = {
    "in a notebook": ("numpy", "matplotlib", "ipython", "pytest", "hypothesis"),
    "to grade": ("jupytext", "nbconvert", "math-core", "markdown-it-py"),
}
MIN_TORCH = (2, 6)


@click.command(name="doctor")
@click.argument("notebook", required=False, type=click.Path(path_type=Path, exists=True))
def command(notebook: Path | None) -> None:
    """Say what this machine can do; with NOTEBOOK, what is wrong with it.

    \b
    Examples:
      grader doctor
      grader doctor 05_flow.ipynb
    """
    for line in about_notebook(notebook) if notebook else about_machine():
        click.echo(line)


def about_machine() -> Iterator[str]:
    """Yield one line for each thing that matters."""
    yield f"Python {platform.python_version()} on {platform.system()} {platform.release()}"
    yield f"{os.cpu_count()} processors"
    for purpose, packages in NEEDED.items():
        for name in packages:
            found = version(name)
            yield f"{name} {found}" if found else f"{name} is missing; it is needed {purpose}"
    yield about_torch()
    if not hasattr(os, "fork"):
        yield "This system cannot fork: notebooks can be checked in Jupyter, but not graded here."
    else:
        yield from about_isolation()
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    yield f"browser: {browser}" if browser else "no Chromium: pages cannot be turned into PDF here"


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
        return "torch is missing; assignments that use it cannot be run"
    numbers = tuple(int(part) for part in found.split("+")[0].split(".")[:2])
    if numbers < MIN_TORCH:
        return f"torch {found} is too old: at least 2.6 is needed"
    return f"torch {found}"


def about_notebook(path: Path) -> Iterator[str]:
    """Yield what reading a notebook finds, as grading would read it."""
    from grader.desk import find_assignment
    from grader.errors import Refused, UsageError
    from grader.notebook.names import defined, members
    from grader.notebook.read import MAX_BYTES, read_notebook

    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    try:
        notebook = read_notebook(data)
    except Refused as error:
        yield f"This hand-in would be refused. {error}"
        return
    names = members(notebook)
    yield f"{len(notebook.cells)} cells, {len(notebook.code)} of them code"
    yield from notebook.warnings
    yield f"names: {', '.join(names)}" if names else "no names: fill in MEMBERS = [...]"
    try:
        assignment = find_assignment(path.resolve().parent)
    except UsageError as error:
        yield str(error)
        return
    missing = [e.name for e in assignment.exercises if e.name not in defined(notebook)]
    yield f"not defined: {', '.join(missing)}" if missing else "every exercise is defined"


def version(name: str) -> str | None:
    """Return the version of an installed distribution."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
