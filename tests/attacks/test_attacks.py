"""Every attack wins against a grader without walls, and gets nothing out of this one."""

import os
import re

import pytest

from tests.attacks import outer
from tests.attacks.arena import attacks
from tests.attacks.attack import Attack

ATTACKS: dict[str, Attack] = attacks(Attack)
# What walls stand against; the others are held off by where the checks are, behind any walls.
AT_THE_WALLS = tuple(name for name, attack in ATTACKS.items() if attack.beats == "bare")
# Behind these walls, as this user. A locked-down laptop is `old`: no namespaces, an older kernel.
# The strongest walls and the weakest are tried every time, the rest in a session of its own.
PROTECTED = [
    ("full", "root", tuple(ATTACKS)),
    ("old", "nobody", AT_THE_WALLS),
    pytest.param("old", "nobody", tuple(ATTACKS), marks=pytest.mark.long),
    pytest.param("restricted", "root", tuple(ATTACKS), marks=pytest.mark.long),
    pytest.param("full", "nobody", tuple(ATTACKS), marks=pytest.mark.long),
]


def label(value: object) -> str | None:
    """Return what a case is called, without the names of all its attacks."""
    return f"{len(value)} attacks" if isinstance(value, tuple) else None


@pytest.fixture(autouse=True)
def _outer() -> None:
    # Never without: an attack that succeeds would do its harm here.
    if not outer.can_run():
        pytest.skip("attacks run only inside namespaces, which this machine does not give")


@pytest.mark.long
@pytest.mark.parametrize("setting", ["naive", "bare"])
def test_an_unprotected_grader_is_beaten(setting: str) -> None:
    reports = {report["name"]: report for report in outer.run(setting, "nobody")}
    assert set(reports) == {name for name, attack in ATTACKS.items() if attack.beats == setting}
    harmless = [name for name, report in reports.items() if not report["successes"]]
    assert not harmless, "these attack nothing, so they prove nothing"


@pytest.mark.parametrize(("setting", "user", "names"), PROTECTED, ids=label)
def test_the_walls_hold(setting: str, user: str, names: tuple[str, ...]) -> None:
    if user == "root" and os.geteuid():
        pytest.skip("needs to be root")
    reports = {report["name"]: report for report in outer.run(setting, user, names)}
    assert set(reports) == set(names)
    for name in names:
        report = reports[name]
        assert not report["successes"], name
        told = "\n".join(report["told"])
        assert re.search(ATTACKS[name].named, told), f"{name} went untold: {told}"


def test_each_attack_says_what_it_tries() -> None:
    for name, attack in ATTACKS.items():
        assert attack.tries, name
        assert attack.must, name
        assert attack.beats in {"naive", "bare"}, name
