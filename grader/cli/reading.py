"""A notebook that a person has named: read, or said why it is of no use where it lies."""

from pathlib import Path

from grader.errors import Refused
from grader.model import Assignment


def notebook_bytes(path: Path) -> bytes:
    """Return the file of a notebook; raises `Refused` when it cannot be read as one."""
    from grader.notebook.read import read_notebook
    from grader.notebook.repair import repair

    data = path.read_bytes()
    try:
        read_notebook(data)
    except Refused as error:
        remedy = f" `grader doctor {path.name} --repair` may help." if repair(data).mended else ""
        raise Refused(f"{path.name}: {error}{remedy}") from error
    return data


def in_its_folder(path: Path, data: bytes) -> Assignment:
    """Return the assignment a notebook lies beside; raises `Refused` when it says it is another."""
    from grader.desk import find_assignment
    from grader.notebook.given import misplaced

    assignment = find_assignment(path.resolve().parent)
    if problem := misplaced(assignment, data):
        raise Refused(problem)
    return assignment
