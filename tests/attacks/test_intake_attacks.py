"""Hand-ins that mean harm are taken in without any; the same beat the intake people write."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.arena import attacks
from tests.attacks.attack import CANARY, IntakeAttack
from tests.attacks.packing import notebook

ATTACKS: dict[str, IntakeAttack] = attacks(IntakeAttack)
ROOT = Path(__file__).parents[2]
SECONDS, NAIVE_SECONDS = 10, 5
HONEST = "honest = 1"


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """Return a folder with an honest hand-in; beside it lies what attacks are after."""
    folder = tmp_path / "hand-ins"
    (folder / "honest").mkdir(parents=True)
    (folder / "honest/01_mini.ipynb").write_bytes(notebook(HONEST))
    (tmp_path / "classmate").mkdir()
    (tmp_path / "classmate/01_mini.ipynb").write_bytes(notebook(f"x = '{CANARY}'"))
    (tmp_path / "outside").write_text("untouched")
    (tmp_path / "work/in").mkdir(parents=True)
    (tmp_path / "work/pages").mkdir()
    (tmp_path / "work/checks.py").write_text("untouched")
    return folder


def state(base: Path) -> dict[str, object]:
    """Return what an intake must leave as it is: everything but its own folders."""
    found: dict[str, object] = {}
    for folder, inner, names in os.walk(base):
        inner[:] = [name for name in inner if name not in {"in", "pages"}]
        for name in [*inner, *names]:
            path = Path(folder, name)
            info = path.lstat()
            kept = (info.st_mode, info.st_size, info.st_mtime_ns)
            found[str(path.relative_to(base))] = kept[:1] if stat.S_ISDIR(info.st_mode) else kept
    return found


def changed(before: dict[str, object], base: Path) -> list[str]:
    after = state(base)
    names = sorted(before.keys() | after.keys())
    return [f"{name} was changed" for name in names if before.get(name) != after.get(name)]


def start(module: str, *words: Path, seconds: float) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", f"tests.attacks.{module}", *words],
        cwd=ROOT, capture_output=True, timeout=seconds, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8:strict"},
    )  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_they_are_taken_in_without_harm(name: str, given: Path) -> None:
    """Named as a folder, as a shell's `hand-ins/*`, and one by one."""
    ATTACKS[name].pack(given)
    before = state(given.parent)
    inside = sorted(given.iterdir())
    told = []
    for paths in ([given], inside, *([path] for path in inside)):
        done = start("taking", *paths, seconds=SECONDS)
        assert done.returncode == 0, f"{paths}: {done.stderr.decode(errors='replace')[-2000:]}"
        told.append(json.loads(done.stdout))
        expect_harmless(told[-1])
    assert not changed(before, given.parent)
    assert all(HONEST in str(batch["read"]) for batch in told[:2])
    text = json.dumps(told, ensure_ascii=False)
    assert CANARY not in text
    assert "root:" not in text
    assert re.search(ATTACKS[name].named, text), text[:3000]


def expect_harmless(batch: dict[str, Any]) -> None:
    """Names can be printed, be those of files, and be told apart; reasons can be printed."""
    names = [*batch["read"], *batch["refused"]]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert name.isprintable()
        assert not set(name) & {"/", "\\"}
        assert name.strip(". ") == name != ""
        assert len(f".{name}.html.part".encode()) <= 255
    assert all(reason.isprintable() for reason in batch["refused"].values())
    for hand_in in batch["read"].values():
        assert all(Path(name).name == name for name in hand_in["files"])
        (json.dumps(hand_in, ensure_ascii=False)).encode()


@pytest.mark.parametrize("name", ATTACKS)
def test_the_usual_intake_is_beaten(name: str, given: Path) -> None:
    ATTACKS[name].pack(given)
    before, work = state(given.parent), given.parent / "work"
    try:
        done = start("naive_intake", given, work, seconds=NAIVE_SECONDS)
    except subprocess.TimeoutExpired:
        found = ["out of time"]
    else:
        found = judged(done, [page.read_text("utf-8") for page in work.glob("pages/*")])
    found += changed(before, given.parent)
    assert re.search(ATTACKS[name].naive, "\n".join(found)), found


def judged(done: subprocess.CompletedProcess[bytes], pages: list[str]) -> list[str]:
    """Return what has gone wrong in a naive intake that ended."""
    printed = done.stdout.decode(errors="replace")
    last = done.stderr.decode(errors="replace").splitlines()[-1:]
    found = [f"crash: {''.join(last)}"] if done.returncode else []
    found += ["a secret was read"] if any(CANARY in page for page in pages) else []
    lines = printed.replace("\r", "\n").split("\n")
    harmless = all(re.fullmatch(r"(unpacking|grading) [\w/.]+|", line) for line in lines)
    found += [] if harmless and printed.replace("\n", "").isprintable() else ["dangerous name"]
    kinds = [re.findall(f"(?m)^{kind} .*", printed) for kind in ("unpacking", "grading")]
    found += ["overwritten"] if any(len(kind) > len(pages) for kind in kinds) else []
    return found


def test_an_honest_folder_is_no_trouble_to_either(given: Path) -> None:
    """What shows that a naive intake can do what it is for."""
    done = start("naive_intake", given, given.parent / "work", seconds=NAIVE_SECONDS)
    pages = [page.read_text("utf-8") for page in given.parent.glob("work/pages/*")]
    assert (judged(done, pages), pages) == ([], [HONEST])
    done = start("taking", given, seconds=SECONDS)
    assert list(json.loads(done.stdout)["read"]) == ["honest"]
