"""From the name of an executor to the executor: bytes go out to other machines and come back."""

import re
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import UsageError

LOCAL = "local"
KNOWN = (
    "`local`, `dask://local`, `dask://HOST:PORT`, or `slurm` with options, `slurm:time=60,batch=20`"
)


@dataclass(frozen=True)
class Choice:
    """An executor by its kind (local, dask, slurm), where it is, and its options."""

    kind: str = LOCAL
    place: str = ""
    options: dict[str, str] = field(default_factory=dict)


def read_choice(name: str) -> Choice:
    """Return what the name of an executor asks for; raises `UsageError`."""
    if name == LOCAL:
        return Choice()
    if found := re.fullmatch(r"dask://([^\s/]+)", name):
        return Choice("dask", found[1])
    if found := re.fullmatch(r"slurm(?::(.+))?", name):
        pairs = [pair.partition("=") for pair in (found[1] or "").split(",") if pair]
        if all(key and equals and value for key, equals, value in pairs):
            return Choice("slurm", options={key: value for key, _, value in pairs})
    raise UsageError(f"There is no executor {name!r}. It is one of {KNOWN}.")


@contextmanager
def open_executor(choice: Choice, jobs: int, folder: Path) -> Iterator[Executor]:
    """Yield an executor on other machines whose tasks take bytes and return bytes.

    A task whose machine dies is given to another; when that keeps happening its future raises
    `MachineLost`. `folder` is where files for other machines may lie. Raises `UsageError`.
    """
    try:
        if choice.kind == "dask":
            from grader.engine.dask import open_dask

            opened = open_dask(choice.place, jobs)
        else:
            from grader.engine.slurm import open_slurm

            opened = open_slurm(choice.options, folder)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"The executor {choice.kind} needs the package {error.name}, which is not installed. "
            'Install it here and on the workers: pip install "inside-language-models[cluster]".'
        ) from error
    with opened as executor:
        yield executor
