"""Start the arena inside process and mount namespaces of its own, as root or as nobody."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from grader.sandbox.kernel import mount
from grader.sandbox.mounts import BIND, PRIVATE, RECURSIVE

ROOT = Path(__file__).parents[2]
NOBODY = 65_533
SECONDS = 500
NAMESPACES = ("--mount", "--pid", "--fork", "--mount-proc", "--kill-child=KILL")


def run(setting: str, user: str, names: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Return what the arena reports; `user` is root or nobody."""
    own = () if os.geteuid() == 0 else ("--user", "--map-current-user")
    inner = [sys.executable, "-m", "tests.attacks.outer", user, setting, *names]
    done = subprocess.run(
        ["unshare", *own, *NAMESPACES, "--propagation", "private", *inner],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": "/tmp"},
    )
    if done.returncode:
        raise RuntimeError(f"the arena ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def can_run() -> bool:
    """Tell whether this machine lets us make namespaces at all."""
    own = () if os.geteuid() == 0 else ("--user", "--map-current-user")
    return (
        shutil.which("unshare") is not None
        and subprocess.run(
            ["unshare", *own, *NAMESPACES, "true"], check=False, capture_output=True
        ).returncode
        == 0
    )


def open_the_way() -> None:
    """Let everybody read Python and this repository, in this mount namespace only.

    Either may lie in a folder of root's own; that folder is then covered, and what is needed of
    it shown again.
    """
    needed = {sys.prefix, sys.base_prefix, str(ROOT), *sys.path} - {""}
    closed: dict[Path, set[Path]] = {}
    for place in map(Path, needed):
        for folder in reversed(place.resolve().parents):
            if place.exists() and not folder.stat().st_mode & 0o001:
                closed.setdefault(folder, set()).add(place.resolve())
                break
    keep = Path("/mnt")
    for folder, places in closed.items():
        outer = {p for p in places if not any(p != q and p.is_relative_to(q) for q in places)}
        mount("tmpfs", str(keep), "tmpfs", 0, "mode=0755")
        for number, place in enumerate(sorted(outer)):
            (keep / str(number)).mkdir()
            mount(str(place), str(keep / str(number)), None, BIND | RECURSIVE)
        mount("tmpfs", str(folder), "tmpfs", 0, "mode=0755")
        for number, place in enumerate(sorted(outer)):
            place.mkdir(parents=True, exist_ok=True)
            mount(str(keep / str(number)), str(place), None, BIND | RECURSIVE)


def main(user: str, words: list[str]) -> None:
    """Become the user, in here, and go on as the arena."""
    if user == "nobody" and os.geteuid() == 0:
        mount("none", "/", None, RECURSIVE | PRIVATE)
        open_the_way()
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    os.execv(sys.executable, [sys.executable, "-m", "tests.attacks.arena", *words])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
