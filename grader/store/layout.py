"""Where the pages and notebooks of hand-ins lie beside the gradebook."""

from pathlib import PurePosixPath

FEEDBACK, NOTEBOOKS = "feedback", "notebooks"


def page_of(assignment: str, submission: str) -> str:
    """Return the path of the feedback page of a hand-in, from the folder of results.

    One that is of no assignment, because it was refused, lies beside the assignments' folders.
    """
    return str(PurePosixPath(FEEDBACK, assignment, f"{submission}.html"))


def notebook_of(assignment: str, submission: str) -> str:
    """Return the path of its executed notebook."""
    return str(PurePosixPath(NOTEBOOKS, assignment, f"{submission}.ipynb"))
