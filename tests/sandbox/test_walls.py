"""The walls of this machine, and of machines that give less, found by trying them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli.running import require
from grader.errors import IsolationError
from grader.model import Isolation, Level
from grader.sandbox import advice
from tests.attacks import outer

ROOT = Path(__file__).parents[2]
# In a process of its own: finding walls forks, and the host is made poorer for good.
SCRIPT = """
import errno, json, sys
from pathlib import Path
from grader.model import Level
from grader.sandbox import kernel, seccomp, syscalls
from grader.sandbox.probe import find_isolation

column = kernel.machine()
numbers = {
    "unshare": syscalls.MOUNTS["unshare"][column],
    "mount": syscalls.MOUNTS["mount"][column],
    "landlock": kernel.NUMBERS["landlock_create_ruleset"][column],
    "seccomp": (157, 167)[column],
}
code = [seccomp.Instruction(seccomp.LOAD, seccomp.CALL)]
for name in sys.argv[2:]:
    body = [seccomp._deny(errno.EPERM)]
    if name == "seccomp":
        # prctl itself stays; only the option that installs filters goes.
        body = [
            seccomp.Instruction(seccomp.LOAD, seccomp.ARGUMENTS),
            seccomp.Instruction(seccomp.EQUAL, kernel.PR_SET_SECCOMP, 0, 1),
            seccomp._deny(errno.EPERM), seccomp._verdict(seccomp.ALLOW),
        ]
    code += seccomp._rule(numbers[name], body)
if sys.argv[2:]:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install([*code, seccomp._verdict(seccomp.ALLOW)])
_, found = find_isolation([Path.cwd()], Level(sys.argv[1]))
print(json.dumps([found.level, found.walls, found.open, found.refused]))
"""


has_namespaces = pytest.mark.skipif(
    not outer.can_run(), reason="this machine gives no namespaces, not even to unshare(1)"
)


def found_on(*missing: str, at_most: str = "full") -> Isolation:
    """Return what is found on a host that refuses some calls."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, at_most, *missing],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    level, *rest = json.loads(done.stdout)
    return Isolation(Level(level), *map(tuple, rest))


@has_namespaces
def test_this_machine_gives_everything() -> None:
    found = found_on()
    assert found.level is Level.full, found.refused
    assert found.open == ()
    assert {"own namespaces", "own file system", "seccomp", "no capabilities"} <= set(found.walls)
    assert ("a user of its own" in found.walls) is (os.geteuid() == 0)


@pytest.mark.parametrize("missing", ["unshare", "mount"])
def test_a_host_without_namespaces(missing: str) -> None:
    found = found_on(missing)
    assert found.level is Level.restricted
    assert found.refused[0].startswith("full: ")
    assert missing in found.refused[0]
    assert set(found.open) <= {"more processes than allowed, until the watchdog looks"}


@has_namespaces
def test_a_host_without_landlock_still_has_namespaces() -> None:
    found = found_on("landlock")
    assert found.level is Level.full
    assert found.open == ()
    assert not any(wall.startswith("Landlock") for wall in found.walls)


def test_a_host_with_neither_claims_nothing() -> None:
    found = found_on("landlock", "unshare")
    assert found.level is Level.limits
    assert {"reading files outside", "the network"} <= set(found.open)
    assert len(found.refused) == 2


def test_a_host_without_filters_claims_nothing() -> None:
    found = found_on("seccomp")
    assert found.level is Level.limits
    assert all("prctl" in refused for refused in found.refused)


def test_no_more_than_was_asked_for() -> None:
    assert found_on(at_most="restricted").level is Level.restricted
    assert found_on(at_most="limits").level is Level.limits


def test_weaker_walls_are_refused_with_a_way_out() -> None:
    weak = Isolation(Level.limits, ("limits",), (), ("full: unshare: Operation not permitted",))
    require(weak, Level.limits)
    for level in (Level.full, Level.restricted):
        with pytest.raises(IsolationError) as caught:
            require(weak, level)
        assert f"needs the isolation {level}" in str(caught.value)
        assert "unshare: Operation not permitted" in str(caught.value)
        assert "--require-isolation limits" in str(caught.value)


def test_levels_are_ordered() -> None:
    assert [[a.reaches(b) for b in Level] for a in Level] == [
        [True, True, True], [False, True, True], [False, False, True],
    ]  # fmt: skip


def test_advice_names_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strong = Isolation(Level.full, ())
    assert list(advice.advice(strong)) == []
    setting = tmp_path / "setting"
    setting.write_text("1\n")
    monkeypatch.setattr(advice, "SETTINGS", ((str(setting), "1", "0"),))
    monkeypatch.setattr(advice, "CONTAINERS", (str(setting),))
    monkeypatch.setattr(advice, "landlock_abi", lambda: 0)
    text = "\n".join(advice.advice(Isolation(Level.limits, (), (), ("full: mount: refused",))))
    assert "full: mount: refused" in text
    assert "=0" in text
    assert "docker run" in text
    assert "lsm=landlock" in text


CHANGED = """
import tempfile
from pathlib import Path
from grader.errors import GraderFault
from grader.model import Limits
from grader.processes.launch import Processes

with Processes() as processes:
    print(processes.isolation.level)
    with processes.worker(Path(tempfile.mkdtemp()), 1, Limits()) as worker:
        print(worker.walls[0])
    # The host changes its mind: in the namespace of this test only.
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    try:
        with processes.worker(Path(tempfile.mkdtemp()), 1, Limits()) as worker:
            print("started behind", worker.walls)
    except GraderFault as fault:
        print("fault:", fault)
"""


@has_namespaces
def test_walls_that_cannot_be_raised_again_are_a_fault_not_a_lesser_level() -> None:
    outer = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc"]
    done = subprocess.run(
        [*outer, sys.executable, "-c", CHANGED],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert lines[:2] == ["full", "full"], done.stderr
    assert lines[2].startswith("fault: a worker did not start")
