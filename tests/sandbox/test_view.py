"""What a worker may see: Python and its libraries, and nothing that is to be hidden."""

import os
import sys
from pathlib import Path

import pytest

from grader.sandbox import view
from grader.sandbox.view import make_view


def shows(paths: tuple[str, ...], place: Path) -> bool:
    return any(place.is_relative_to(path) for path in paths)


def test_this_python_can_be_seen_and_this_repository_cannot() -> None:
    root = Path(__file__).parents[2]
    seen = make_view([root]).read
    assert shows(seen, Path(os.__file__))
    assert shows(seen, Path(sys.executable).parent)
    assert shows(seen, Path(view.__file__))
    assert not shows(seen, root / "solutions")
    assert not shows(seen, root / "tests")
    assert not shows(seen, Path("/etc/passwd"))
    assert not shows(seen, Path.home() / ".ssh")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small machine with a course inside of what the system needs."""
    for place in ("usr/lib/python", "usr/src/course/solutions", "usr/src/course/.venv/lib"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "usr/src/other").mkdir()
    (tmp_path / "lib").symlink_to("usr/lib")
    monkeypatch.setattr(view, "SYSTEM", (str(tmp_path / "usr"), str(tmp_path / "lib")))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "usr/src/course/.venv"))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / "usr"))
    monkeypatch.setattr(sys, "path", ["", "relative"])
    return tmp_path


def test_a_course_inside_of_the_system_is_cut_out(machine: Path) -> None:
    seen = make_view([machine / "usr/src/course"]).read
    assert not shows(seen, machine / "usr/src/course/solutions")
    assert shows(seen, machine / "usr/src/other")
    assert shows(seen, machine / "usr/lib/python")


def test_a_virtual_environment_inside_of_the_course_stays(machine: Path) -> None:
    seen = make_view([machine / "usr/src/course"]).read
    assert shows(seen, machine / "usr/src/course/.venv/lib")


def test_a_link_is_shown_as_a_link(machine: Path) -> None:
    assert str(machine / "lib") in make_view([]).read


def test_nothing_is_shown_twice(machine: Path) -> None:
    seen = make_view([]).read
    assert str(machine / "usr/src/course/.venv") not in seen
    assert str(machine / "usr") in seen


def test_cards_are_in_the_view_only_when_asked_for(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("nvidia0", "nvidiactl", "nvidia-uvm"):
        (machine / name).write_text("")
    monkeypatch.setattr(view, "GPU_DEVICES", (str(machine / "nvidia*"),))
    assert not any("nvidia" in node for node in make_view([]).devices)
    found = make_view([], gpu=True)
    assert {Path(node).name for node in found.devices} >= {"nvidia0", "nvidiactl", "nvidia-uvm"}
    assert "/sys" in found.read


def test_an_installed_package_is_needed_whole(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = machine / "home/site-packages"
    (site / "grader").mkdir(parents=True)
    monkeypatch.setattr(view, "PACKAGE", site / "grader")
    monkeypatch.setattr(sys, "path", [str(site)])
    assert str(site) in make_view([]).read
    source = machine / "home/repository"
    (source / "grader").mkdir(parents=True)
    monkeypatch.setattr(view, "PACKAGE", source / "grader")
    monkeypatch.setattr(sys, "path", [str(source)])
    assert str(source / "grader") in make_view([]).read
    assert str(source) not in make_view([]).read
