"""Course and assignment files: what is wrong is named, with the file and the field."""

import stat
from pathlib import Path

import pytest

from grader.errors import CourseError, UsageError
from grader.settings import course_secret, find_course, load_assignment, load_course

GOOD = """
title = "T"
data = ["x.npy"]
[limits]
cell_seconds = 3
[[exercises]]
name = "f"
points = 0.5
[[exercises]]
name = "g"
points = 1
depends = ["f"]
"""


def assignment(tmp_path: Path, text: str) -> Path:
    (tmp_path / "assignment.toml").write_text(text)
    return tmp_path


def test_a_good_file(tmp_path: Path) -> None:
    found = load_assignment(assignment(tmp_path, GOOD))
    assert [e.name for e in found.exercises] == ["f", "g"]
    assert found.exercises[1].depends == ("f",)
    assert found.max_points == 1.5
    assert found.limits.cell_seconds == 3
    assert found.data == (tmp_path / "data" / "x.npy",)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("points = 0.5", "points = 0"), "f needs a positive number of points"),
        (("points = 0.5", 'points = "one"'), r"\$.exercises\[0\].points"),
        (('name = "f"', 'name = "not a name"'), "cannot be the name of a function"),
        (('name = "f"', 'name = "class"'), "cannot be the name"),
        (('name = "g"', 'name = "f"'), "stands there twice"),
        (('depends = ["f"]', 'depends = ["h"]'), "g depends on h, which is not an earlier one"),
        (('depends = ["f"]', 'depends = ["g"]'), "not an earlier one"),
        (('title = "T"', 'titel = "T"'), "titel"),
        (("cell_seconds = 3", "cell_secs = 3"), "cell_secs"),
        (('title = "T"', "title = "), "assignment.toml"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    with pytest.raises(CourseError, match=says):
        load_assignment(assignment(tmp_path, GOOD.replace(*change)))


def test_a_bonus_is_on_top_of_the_points(tmp_path: Path) -> None:
    more = '[[exercises]]\nname = "h"\npoints = 4\nbonus = true\n'
    more += '[[questions]]\nname = "a"\npoints = 2\nbonus = true\n'
    found = load_assignment(assignment(tmp_path, GOOD + more))
    assert [e.bonus for e in found.exercises] == [False, False, True]
    assert found.max_points == 1.5


def test_no_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="cannot be read"):
        load_assignment(tmp_path)


def test_a_file_that_is_no_plain_text_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_bytes(b'\xff\xfetitle = "T"')
    with pytest.raises(CourseError, match=r"course.toml: is not UTF-8"):
        load_course(tmp_path)


def test_the_course_is_found_from_within(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text('title = "T"')
    inside = tmp_path / "assignments" / "01_x"
    inside.mkdir(parents=True)
    assert find_course(inside).root == tmp_path
    with pytest.raises(UsageError, match="No course found"):
        find_course(Path("/"))


def test_the_secret_is_made_once_and_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRADER_SECRET", raising=False)
    secret = course_secret(tmp_path)
    assert len(secret) == 64
    assert course_secret(tmp_path) == secret
    file = tmp_path / ".grader" / "secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    monkeypatch.setenv("GRADER_SECRET", "given")
    assert course_secret(tmp_path) == "given"


def test_the_paths_of_a_course_do_not_depend_on_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Processes that load checks and data stand elsewhere."""
    folder = tmp_path / "assignments" / "01_x"
    folder.mkdir(parents=True)
    (tmp_path / "course.toml").write_text('title = "T"')
    (assignment(folder, GOOD) / "checks.py").write_text("")
    monkeypatch.chdir(tmp_path.parent)
    course = load_course(Path(tmp_path.name))
    [found] = course.assignments
    assert (course.root, found.folder) == (tmp_path, folder)
    assert all(path.is_absolute() for path in found.data)
