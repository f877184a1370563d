"""A notebook run afresh in an ordinary process, and its public checks: where there are no walls.

For a student's own code on a student's own machine. Grading never comes here.
"""

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from grader.errors import GraderError


def check_at_home(notebook: Path, exercise: str | None) -> int:
    """Run a notebook in a fresh Python and print what its public checks find; return 0, or 1.

    Any system will do: nothing is forked, and nothing but memory and time limits it.
    """
    environment = {**os.environ, "MPLBACKEND": "agg", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "grader.athome", str(notebook), *filter(None, [exercise])]
    done = subprocess.run(command, cwd=notebook.parent, env=environment, check=False)
    return int(done.returncode != 0)


def main(notebook: Path, names: tuple[str, ...]) -> None:
    """Run the cells of a notebook in order, then the public checks; prints what they find."""
    from grader import desk
    from grader.notebook.read import read_notebook

    assignment = desk.find_assignment(notebook.parent)
    # The notebook's own calls of `check` are for the reader of the notebook.
    desk.graded = True
    namespace = executed(read_notebook(notebook.read_bytes()).code)
    print(desk.examine(assignment, namespace, names))


def executed(sources: list[str]) -> dict[str, Any]:
    """Return what cells leave behind; one that fails is told, and the rest are run all the same."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    # Nothing of this belongs into the history of the student's own IPython.
    shell: Any = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    for number, source in enumerate(sources, 1):
        with contextlib.redirect_stdout(io.StringIO()):
            result = shell.run_cell(source)
        error = result.error_before_exec or result.error_in_exec
        if error is not None and not isinstance(error, NotImplementedError):
            print(f"! code cell {number}: {type(error).__name__}: {str(error)[:300]}")
    namespace: dict[str, Any] = shell.user_ns
    return namespace


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), tuple(sys.argv[2:]))
    except GraderError as problem:
        sys.exit(f"error: {problem}")
