"""What decides a result, and what does not: each change of a course against each key."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader import digests
from grader.digests import Setting, digest, digests_of, keys_of, split_checks
from grader.model import Course, HandIn, Isolation, Level
from grader.settings import load_course

SETTING = Setting("a secret", "cpu", Isolation(Level.full, ("own namespaces",)))
EXERCISES = {"double", "quadruple", "integrate", "Scale"}
Edit = Callable[[Path], None]


@pytest.fixture
def copy(course: Course, tmp_path: Path) -> Path:
    return shutil.copytree(course.root, tmp_path / "course")


def changing(file: str, old: str, new: str) -> Edit:
    def change(root: Path) -> None:
        path = root / file
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))

    return change


PUBLIC = "assignments/01_mini/checks.py"
HIDDEN = "solutions/01_mini/checks.py"
SOLUTION = "solutions/01_mini/solution.py"
MISTAKES = "solutions/01_mini/mistakes/double.py"
SETTINGS = "assignments/01_mini/assignment.toml"


@pytest.mark.parametrize(
    ("edit", "exercises"),
    [
        (changing(HIDDEN, "atol=1e-4", "atol=1e-3"), {"integrate"}),
        (changing(HIDDEN, "right for every number", "right for all"), {"double"}),
        (changing(HIDDEN, "st.floats(-100, 100)", "st.floats(-9, 9)"), {"double"}),
        (changing(HIDDEN, "points=0.25", "points=0.5"), {"double"}),
        (changing(PUBLIC, "double(3.0)", "double(4.0)"), {"double"}),
        (changing(PUBLIC, "import numpy as np", "import numpy as np\nTOL = 1"), EXERCISES),
        (changing(HIDDEN, "import check, close, finite", "import check, close, finite, fail"),
         EXERCISES),
        (changing(HIDDEN, '@check("integrate")', "# a comment\n\n@check('integrate')"), set()),
        (changing(SOLUTION, "lo, hi, 1001", "lo, hi, 2001"), EXERCISES),
        (changing(SOLUTION, "names associativity", "is right"), set()),
        (changing(SOLUTION, "A small assignment", "An assignment"), set()),
        (changing(MISTAKES, "Twice, not squared.", "Not squared."), {"double"}),
        (changing(SETTINGS, "check_seconds = 4.0", "check_seconds = 5.0"), EXERCISES),
        (changing(SETTINGS, '"witness"', '"property"'), EXERCISES),
        (changing(SETTINGS, "points = 1.5", "points = 2.5"), set()),
        (changing(SETTINGS, 'depends = [\n    "double",\n]', "depends = []"), {"quadruple"}),
        (lambda root: (root / "assignments/01_mini/data/numbers.npy").write_bytes(b"x"), EXERCISES),
    ],
)  # fmt: skip
def test_a_change_reaches_the_exercises_it_may_decide(
    copy: Path, edit: Edit, exercises: set[str]
) -> None:
    before = digests_of(load_course(copy).assignments[0], SETTING)
    edit(copy)
    after = digests_of(load_course(copy).assignments[0], SETTING)
    changed = {name for name in EXERCISES if before.exercises[name] != after.exercises[name]}
    assert changed == exercises


def test_what_is_read_off_without_running_is_in_the_basis(copy: Path) -> None:
    before = digests_of(load_course(copy).assignments[0], SETTING)
    changing(SETTINGS, "points = 1.5", "points = 2.5")(copy)
    after = digests_of(load_course(copy).assignments[0], SETTING)
    assert before.words != after.words
    assert before.run == after.run


@pytest.mark.parametrize(
    "setting",
    [
        replace(SETTING, secret="another"),
        replace(SETTING, device="cuda"),
        replace(SETTING, isolation=Isolation(Level.restricted, ("own namespaces",))),
        replace(SETTING, isolation=Isolation(Level.full, ("own namespaces", "seccomp"))),
    ],
)
def test_the_setting_decides_everything(course: Course, setting: Setting) -> None:
    before = digests_of(course.assignments[0], SETTING)
    after = digests_of(course.assignments[0], setting)
    assert before.run != after.run
    assert not set(before.exercises.values()) & set(after.exercises.values())


@pytest.mark.parametrize("library", ["torch", "numpy", "hypothesis"])
def test_another_version_of_a_library_decides_everything(
    course: Course, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digests_of(course.assignments[0], SETTING)
    known = digests.version_of
    monkeypatch.setattr(
        digests, "version_of", lambda name: "99.0" if name == library else known(name)
    )
    after = digests_of(course.assignments[0], SETTING)
    assert before.run != after.run
    assert not set(before.exercises.values()) & set(after.exercises.values())


def test_the_grader_itself_decides_everything(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digests_of(course.assignments[0], SETTING)
    monkeypatch.setattr(digests, "grader_version", lambda: "another")
    assert digests_of(course.assignments[0], SETTING).run != before.run


def test_the_grader_is_all_of_its_sources_and_templates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "__pycache__").mkdir()
    monkeypatch.setattr(digests, "GRADER", tmp_path)
    seen = set()
    for name in ("a.py", "page.css", "__pycache__/a.pyc", "a.py"):
        file = tmp_path / name
        file.write_text(file.read_text() + "more" if file.exists() else "text")
        seen.add(digests.grader_version.__wrapped__())
    assert len(seen) == 3


CONTENTS = {
    "a cell": (["x = 1", "y = 2"], HandIn(b"1", (("a.txt", b"b"),))),
    "the names": (['MEMBERS = ["Eve"]', "x = 1"], HandIn(b"1", (("a.txt", b"b"),))),
    "cut elsewhere": (["x = ", "1"], HandIn(b"1", (("a.txt", b"b"),))),
    "joined": (["x = 1"], HandIn(b"1", (("a.txt", b"b"),))),
    "half a character": (["x = 1", "\ud800"], HandIn(b"1", (("a.txt", b"b"),))),
    "the end of a name": (["x = 1", ""], HandIn(b"1", (("a.tx", b"tb"),))),
    "a file": (["x = 1", ""], HandIn(b"1", (("a.txt", b"c"),))),
    "no file": (["x = 1", ""], HandIn(b"1")),
    "a file as a cell": (["x = 1", "", "a.txt", "b"], HandIn(b"1")),
}


def test_no_two_contents_share_a_key(course: Course) -> None:
    found = digests_of(course.assignments[0], SETTING)
    keys = [keys_of(found, code, hand_in) for code, hand_in in CONTENTS.values()]
    same = keys_of(found, ["x = 1", ""], HandIn(b"1", (("a.txt", b"b"),)))
    everything = [same, *keys]
    assert len({key.content for key in everything}) == len(everything)
    assert len({key.exercises["double"] for key in everything}) == len(everything)


def test_other_text_is_another_basis_and_the_same_run(course: Course) -> None:
    found = digests_of(course.assignments[0], SETTING)
    one, two = (keys_of(found, ["x = 1"], HandIn(text)) for text in (b"text", b"other text"))
    assert (one.run, one.exercises) == (two.run, two.exercises)
    assert one.basis != two.basis


def test_parts_cannot_be_shifted_into_each_other() -> None:
    assert len({digest("ab", "c"), digest("a", "bc"), digest("abc"), digest("ab", "c", "")}) == 4


SHARED = {
    "called by another": "@check('a')\ndef check_a(s): pass\n"
    "@check('b')\ndef check_b(s): check_a(s)",
    "found by its name": "@check('a')\ndef check_a(s): pass\nx = globals()['check_a']",
    "twice": "@check('a')\ndef check_a(s): pass\n@check('a')\ndef check_a(s): 1",
    "not in plain words": "E = 'a'\n@check(E)\ndef check_a(s): pass",
    "marked twice": "@check('a')\n@check('b')\ndef check_a(s): pass",
    "a helper": "def check_a(s): pass",
}


@pytest.mark.parametrize("source", SHARED.values(), ids=SHARED.keys())
def test_what_may_belong_to_several_is_shared(source: str) -> None:
    rest, own = split_checks(source)
    changed, _ = split_checks(source.replace("(s): pass", "(s): 2"))
    assert "a" not in own
    assert rest != changed


def test_a_check_is_its_exercises_own() -> None:
    source = (
        "import x\n@check('a')\ndef check_a(s): pass\n"
        "@check(exercise='b', points=1)\ndef check_b(s): 1"
    )
    rest, own = split_checks(source)
    changed, others = split_checks(source.replace("(s): pass", "(s): 2"))
    assert (rest, own["b"]) == (changed, others["b"])
    assert own["a"] != others["a"]
