"""Names of executors, and what is said where one cannot be had."""

import builtins
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.engine.choose import Choice, open_executor, read_choice
from grader.errors import UsageError

NAMES = {
    "local": Choice(),
    "dask://local": Choice("dask", "local"),
    "dask://10.0.0.7:8786": Choice("dask", "10.0.0.7:8786"),
    "slurm": Choice("slurm"),
    "slurm:time=30,partition=short": Choice("slurm", options={"time": "30", "partition": "short"}),
}


@pytest.mark.parametrize(("name", "choice"), NAMES.items(), ids=NAMES.keys())
def test_names(name: str, choice: Choice) -> None:
    assert read_choice(name) == choice


@pytest.mark.parametrize(
    "name", ["", "threads", "dask", "dask://", "dask://a b", "slurm:", "slurm:time", "slurm:=3"]
)
def test_what_is_no_name_of_an_executor(name: str) -> None:
    with pytest.raises(UsageError, match="It is one of"):
        read_choice(name)


@pytest.mark.parametrize(
    ("name", "package"), [("dask://local", "dask"), ("slurm:cluster=local", "submitit")]
)
def test_a_missing_package_is_named(
    name: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = builtins.__import__

    def without(wanted: str, *rest: Any) -> Any:
        if wanted.partition(".")[0] == package:
            raise ModuleNotFoundError(f"No module named {package!r}", name=package)
        return find(wanted, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    for module in ("dask", "slurm"):
        monkeypatch.delitem(sys.modules, f"grader.engine.{module}", raising=False)
    opening = open_executor(read_choice(name), 1, tmp_path)
    with pytest.raises(UsageError, match=rf"{package}, which is not installed.*\[cluster\]"):
        opening.__enter__()
