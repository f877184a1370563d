"""What the commands that grade share: start the processes, refuse weak walls, stop when told to."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import Interrupted, IsolationError, UsageError
from grader.model import Isolation, Level

if TYPE_CHECKING:
    from grader.cli.progress import Progress
    from grader.pipeline import Run
    from grader.results import Results


@dataclass(frozen=True)
class How:
    """How to grade: submissions at a time, the walls that must stand, the device."""

    jobs: int
    required: Level
    device: str = "auto"
    afresh: bool = False


@contextmanager
def running(
    results: "Results", how: How, hidden: Sequence[Path], *, decided: bool = True
) -> Iterator["Run"]:
    """Yield a run that remembers what the gradebook knows; raises `IsolationError`.

    Unless `decided`, a grade is worked out again even where nothing has changed.
    """
    from grader.digests import Setting
    from grader.pipeline import Run
    from grader.processes.launch import Processes
    from grader.recall import Memory
    from grader.settings import course_secret

    home, device = results.course, resolve(how.device)
    secret = course_secret(home.root)
    started = Processes([home.root, results.out, *hidden])
    # While they warm up. TRAP: threads that import these two at the same moment lock each other
    # out, because both import jupyter_client.
    for slow in ("jupytext", "nbconvert"):
        import_module(slow)
    with started as processes:
        require(processes.isolation, how.required)
        setting = Setting(secret, device, processes.isolation)
        memory = Memory(results.book, setting, afresh=how.afresh, decided=decided)
        yield Run(home, processes, secret, device=device, memory=memory)


@contextmanager
def stoppable(progress: "Progress", out: Path) -> Iterator[None]:
    """Say what is done when a person stops the command; raises `Interrupted` then."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(progress.stopped(out)) from None


def require(isolation: Isolation, least: Level) -> None:
    """Refuse to go on behind weaker walls; raises `IsolationError`."""
    if not isolation.level.reaches(least):
        why = f" ({'; '.join(isolation.refused)})" if isolation.refused else ""
        raise IsolationError(
            f"Grading needs the isolation {least}, but this machine gives {isolation.level}{why}. "
            "`grader doctor` tells how to get more; "
            f"--require-isolation {isolation.level} goes on with less."
        )


def resolve(device: str) -> str:
    """Return the device to use; raises `UsageError` for one that is not here."""
    if device == "cuda":
        raise UsageError(
            "Grading on CUDA is not in this version: use --device cpu. The verdicts are the same."
        )
    return "cpu"
