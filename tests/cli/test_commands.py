"""The commands, as a shell runs them: what they print, write and exit with."""

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from grader.model import Course

ROOT = Path(__file__).parents[2]
Make = Callable[..., bytes]


def grader(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "HOME": str(Path.home()),
            "CUDA_VISIBLE_DEVICES": "",
        },
    )


@pytest.fixture
def hand_ins(tmp_path: Path, make_notebook: Make) -> Path:
    folder = tmp_path / "hand-ins"
    for name, wrote in {"right": {}, "wrong": {"double": "def double(x): return x"}}.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "01_mini.ipynb").write_bytes(make_notebook(wrote))
    return folder


def test_grade(hand_ins: Path, course: Course, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = grader(
        "grade", hand_ins, "--course", course.root, "--out", out,
        "--json", tmp_path / "r.json", "--junit", tmp_path / "r.xml",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "right: 5.5 of 5.5 points" in done.stdout
    entries = json.loads((tmp_path / "r.json").read_text())["submissions"]
    assert [(e["submission"], e["points"]) for e in entries] == [("right", 5.5), ("wrong", 4.5)]
    assert all(e["isolation"].startswith("full (own namespaces") for e in entries)
    assert ET.parse(tmp_path / "r.xml").getroot().find("testsuite").get("name") == "right"  # type: ignore[union-attr]
    assert "Mini" in (out / "feedback" / "01_mini" / "wrong.html").read_text()
    executed = json.loads((out / "notebooks" / "01_mini" / "right.ipynb").read_text())
    assert "sum 20.0" in str(executed["cells"])
    book = sqlite3.connect(out / "gradebook.sqlite")
    assert book.execute("SELECT count(*) FROM grades").fetchone() == (2,)


def test_json_on_standard_output_is_json_alone(
    hand_ins: Path, course: Course, tmp_path: Path
) -> None:
    done = grader(
        "grade", hand_ins, "--course", course.root, "--out", tmp_path / "o", "--json", "-"
    )
    assert len(json.loads(done.stdout)["submissions"]) == 2
    assert "right: 5.5 of 5.5 points" in done.stderr


def test_what_cannot_be_graded_is_exit_code_1_and_touches_nothing_else(
    hand_ins: Path, course: Course, tmp_path: Path
) -> None:
    (hand_ins / "torn.ipynb").write_text("{")
    done = grader("grade", hand_ins, "--course", course.root, "--out", tmp_path / "o")
    assert done.returncode == 1
    assert "torn: not graded. The file is not a notebook" in done.stdout
    assert "right: 5.5 of 5.5 points" in done.stdout
    assert "ends in the middle" in (tmp_path / "o" / "feedback" / "torn.html").read_text()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["grade", "nowhere.ipynb"], "There is no file or folder nowhere.ipynb"),
        (
            ["grade", "{hand_ins}", "--assignment", "99_x"],
            "The course has no assignment 99_x; it has",
        ),
        (["grade", "{hand_ins}", "--device", "cuda"], "Use --device cpu"),
        (["grade", "{hand_ins}", "--executor", "cloud"], "There is no executor 'cloud'"),
        (["grade", "{hand_ins}", "--require-isolation", "moat"], "Invalid value for"),
        (["grade"], "Missing argument"),
        (["grade", "{hand_ins}", "--jobs", "0"], "Invalid value for '--jobs'"),
        (["grade", "{empty}"], "No notebook (.ipynb) was found in"),
        (["grade", "{hand_ins}", "--out", "/proc/x"], "cannot be written to"),
        (["nonsense"], "No such command"),
    ],
)
def test_wrong_usage_is_exit_code_2_and_a_sentence(
    words: list[str], says: str, hand_ins: Path, course: Course, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    filled = [w.format(hand_ins=hand_ins, empty=tmp_path / "empty") for w in words]
    course_words = ["--course", str(course.root)] if words[0] == "grade" else []
    done = grader(*filled, *course_words)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_a_course(hand_ins: Path, tmp_path: Path) -> None:
    done = grader("grade", hand_ins, cwd=tmp_path)
    assert done.returncode == 2
    assert "No course found" in done.stderr


def test_a_broken_course_is_named(hand_ins: Path, course: Course, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(course.root, broken)
    checks = broken / "solutions" / "01_mini" / "checks.py"
    checks.write_text(checks.read_text().replace("def check_square", "def check_square("))
    done = grader("grade", hand_ins, "--course", broken, "--out", tmp_path / "o")
    assert done.returncode == 1
    assert "checks.py" in done.stderr
    assert "SyntaxError" in done.stderr or "invalid syntax" in done.stderr
    assert "Traceback" not in done.stderr


def test_check(course: Course, tmp_path: Path, make_notebook: Make) -> None:
    folder = tmp_path / "01_mini"
    shutil.copytree(course.root / "assignments" / "01_mini", folder)
    notebook = folder / "01_mini.ipynb"
    notebook.write_bytes(make_notebook({"double": "def double(x): return x"}))
    done = grader("check", notebook, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "double: 0 of 1 public checks pass" in done.stdout
    assert "got: 3" in done.stdout
    assert "Scale: 1 of 1 public checks pass" in done.stdout
    one = grader("check", notebook, "Scale", cwd=tmp_path)
    assert one.stdout.splitlines() == ["Scale: 1 of 1 public checks pass"]
    assert "has no exercise dobule" in grader("check", notebook, "dobule").stderr


def test_check_on_a_notebook_that_is_begun(course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "01_mini"
    shutil.copytree(course.root / "assignments" / "01_mini", folder)
    settings = folder / "assignment.toml"
    strict = '[hand_in]\ngroup_size = 2\nnames = "refuse"\npdf = "refuse"\nexecuted = "refuse"\n'
    settings.write_text(f"{settings.read_text()}\n{strict}")
    done = grader("check", folder / "01_mini.ipynb")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line[:31] for line in lines[:2]] == [
        "! hand-in: The notebook states ",
        "! hand-in: The notebook was nev",
    ]
    assert "PDF" not in done.stdout
    at = lines.index("double: 0 of 1 public checks pass")
    assert lines[at + 1] == "  ○ `double` is still blank."
    assert "hint:" not in done.stdout


def test_doctor(course: Course, tmp_path: Path) -> None:
    machine = grader("doctor")
    assert machine.returncode == 0
    assert "Python 3." in machine.stdout
    assert "torch 2." in machine.stdout
    assert "isolation: full (own namespaces" in machine.stdout
    skeleton = course.root / "assignments" / "01_mini" / "01_mini.ipynb"
    about = grader("doctor", skeleton).stdout
    assert "no names: fill in MEMBERS" in about
    assert "every exercise is defined" in about
    (tmp_path / "x.ipynb").write_text("{")
    assert "would be refused" in grader("doctor", tmp_path / "x.ipynb").stdout


def test_release_and_staff_pages(course: Course, tmp_path: Path) -> None:
    done = grader("release", "--course", course.root, "--out", tmp_path / "tree")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "tree" / "01_mini" / "data" / "numbers.npy").exists()
    done = grader("release", "--course", course.root, "--staff", tmp_path / "staff")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "staff" / "01_mini.html").read_text()
    assert "names associativity" in page
    assert "sum 20.0" in page


def test_a_solution_that_fails_has_no_staff_page(course: Course, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(course.root, broken)
    solution = broken / "solutions" / "01_mini" / "solution.py"
    solution.write_text(solution.read_text() + "\n# %%\n1 / 0\n")
    done = grader("release", "--course", broken, "--staff", tmp_path / "staff")
    assert done.returncode == 1
    assert "code cell 7 fails (ZeroDivisionError: division by zero)" in done.stderr


def test_a_leak_stops_the_release(course: Course, tmp_path: Path) -> None:
    leaky = tmp_path / "leaky"
    shutil.copytree(course.root, leaky)
    solution = leaky / "solutions" / "01_mini" / "solution.py"
    told = "return float(np.sum((pdf(x[1:]) + pdf(x[:-1])) / 2 * np.diff(x)))"
    text = f"\n# %% [markdown]\n# Hint: `{told}`\n"
    solution.write_text(solution.read_text() + text)
    done = grader("release", "--course", leaky, "--out", tmp_path / "tree")
    assert done.returncode == 1
    assert "must not be released" in done.stderr
    assert not (tmp_path / "tree").exists()


def test_help_comes_at_once_and_with_examples() -> None:
    start = time.monotonic()
    done = grader("--help")
    assert time.monotonic() - start < 3
    assert "demo" in done.stdout
    for command in ("demo", "release", "grade", "check", "doctor"):
        assert "Example" in grader(command, "--help").stdout


def test_an_interrupted_run_keeps_what_is_done(
    hand_ins: Path, course: Course, tmp_path: Path, make_notebook: Make
) -> None:
    import signal

    (hand_ins / "zz_slow").mkdir()
    slow = make_notebook(adds=("import time\ntime.sleep(3)",))
    (hand_ins / "zz_slow" / "01_mini.ipynb").write_bytes(slow)
    out = tmp_path / "o"
    command = [
        sys.executable, "-m", "grader", "grade", str(hand_ins), "--course", str(course.root),
        "--out", str(out), "--jobs", "1",
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "wrong:" in line:
                break
        process.send_signal(signal.SIGINT)
        process.wait(30)
    book = sqlite3.connect(out / "gradebook.sqlite")
    names = {name for (name,) in book.execute("SELECT submission FROM grades")}
    assert {"right", "wrong"} <= names
