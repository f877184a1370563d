"""Notebooks through the whole pipeline, in real workers before real judges."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.model import CheckResult, Course, Grade, Outcome, Submission
from grader.notebook.bundle import take_in
from grader.notebook.read import MAX_BYTES
from grader.pipeline import Graded, Run, grade_all
from grader.processes.launch import Processes
from tests.conftest import notebook_of

Make = Callable[..., bytes]
Take = Callable[..., Graded]

FULL = {"double": 1, "quadruple": 2, "integrate": 1.5, "Scale": 1}


def points(grade: Grade) -> dict[str, float]:
    return {exercise.name: float(exercise.points) for exercise in grade.exercises}


def checks(grade: Grade, exercise: str) -> dict[str, CheckResult]:
    [found] = [e for e in grade.exercises if e.name == exercise]
    return {check.name: check for check in found.checks}


def test_the_solution_earns_everything(make_notebook: Make, grade: Take) -> None:
    done = grade(make_notebook())
    assert points(done.grade) == FULL
    assert done.grade.incidents == ()
    assert [run.ok for run in done.grade.cells] == [True] * 6
    assert "sum 20.0" in str(done.grade.cells[-1].outputs)


def test_the_skeleton_runs_and_earns_nothing(course: Course, grade: Take) -> None:
    path = course.root / "assignments" / "01_mini" / "01_mini.ipynb"
    done = grade(path.read_bytes())
    assert points(done.grade) == dict.fromkeys(FULL, 0)
    assert all(run.ok for run in done.grade.cells)
    assert "still blank" in checks(done.grade, "double")["example"].message
    assert done.grade.questions[0].status == "blank"


def test_an_early_mistake_costs_only_its_own_points(make_notebook: Make, grade: Take) -> None:
    wrong = "def double(x):\n    return np.asarray(x) ** 2"
    done = grade(make_notebook({"double": wrong}))
    assert points(done.grade) == FULL | {"double": 0}
    assert checks(done.grade, "double")["example"].mistake == "square instead of double"
    [quadruple] = [e for e in done.grade.exercises if e.name == "quadruple"]
    assert "With your own functions in place, 2 of 2 checks fail" in quadruple.note


def test_a_mistake_with_its_own_price(make_notebook: Make, grade: Take) -> None:
    done = grade(make_notebook({"double": "def double(x):\n    return float(x) * 2"}))
    assert points(done.grade)["double"] == 0.75
    assert checks(done.grade, "double")["arrays"].mistake == "only numbers"


def test_what_is_known_to_nobody_is_not_named(make_notebook: Make, grade: Take) -> None:
    done = grade(make_notebook({"double": "def double(x):\n    return x + 100"}))
    assert all(not c.mistake for c in checks(done.grade, "double").values())


def test_a_witness_without_what_must_stay_hidden(make_notebook: Make, grade: Take) -> None:
    done = grade(make_notebook({"double": "def double(x):\n    return x + 100"}))
    hidden = checks(done.grade, "double")["property"]
    assert "got: 100" in hidden.message
    assert "expected" not in hidden.message
    assert "expected: 0" in hidden.detail
    public = checks(done.grade, "double")["example"]
    assert "expected: 6" in public.message


REFUSED = {
    "not JSON": (b"hello", "not valid JSON"),
    "not a notebook": (b'{"a": 1}', "JSON but not a notebook"),
    "empty": (b"", "empty"),
    "200 MB": (b"[" + b"1," * (100 << 20), "larger than 64 MB"),
    "no such function": (notebook_of("x = 1"), "could not tell which assignment"),
}


@pytest.mark.parametrize(("data", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_graded_gets_a_sentence(grade: Take, data: bytes, says: str) -> None:
    done = grade(data[: MAX_BYTES + 1])
    assert says in done.grade.refused
    assert done.grade.points == 0


def test_a_function_that_is_not_there(make_notebook: Make, grade: Take) -> None:
    done = grade(make_notebook({"integrate": "def integral(pdf, lo, hi): return 1"}))
    assert points(done.grade) == FULL | {"integrate": 0}
    assert "defines no `integrate`" in checks(done.grade, "integrate")["constant"].message


def test_a_syntax_error_costs_its_cell(make_notebook: Make, grade: Take) -> None:
    done = grade(make_notebook({"integrate": "def integrate(pdf, lo, hi:\n    return 1"}))
    assert points(done.grade) == FULL | {"integrate": 0}
    [bad] = [run for run in done.grade.cells if not run.ok]
    assert "SyntaxError" in str(bad.outputs)


def test_a_gigabyte_of_output_is_cut(make_notebook: Make, grade: Take) -> None:
    loud = "line = 'x' * (1 << 20)\nfor _ in range(1024):\n    print(line)"
    done = grade(make_notebook(adds=(loud,)))
    assert points(done.grade) == FULL
    text = str(done.grade.cells[-1].outputs)
    assert "output cut here" in text
    assert len(text) < 1 << 20


def test_a_gigabyte_from_a_subprocess_is_cut(make_notebook: Make, grade: Take) -> None:
    done = grade(make_notebook(adds=("!head -c 1000000000 /dev/zero | tr '\\0' x",)))
    assert points(done.grade) == FULL
    assert len(str(done.grade.cells[-1].outputs)) < 1 << 20


def test_an_error_in_every_cell(grade: Take) -> None:
    sources = [f"def {name}(*a): pass\n1/0" for name in FULL]
    done = grade(notebook_of(*sources))
    assert points(done.grade) == dict.fromkeys(FULL, 0)
    assert not any(run.ok for run in done.grade.cells)
    assert all("ZeroDivisionError" in str(run.outputs) for run in done.grade.cells)


DEADLY = {
    "exits": "import os; os._exit(3)",
    "segfaults": "import ctypes; ctypes.string_at(0)",
    "kills itself": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "closes everything": "import os; os.closerange(0, 200)",
    "floods the wire": (
        "import os\nfor fd in range(3, 50):\n    try:\n        os.write(fd, b'x' * 100000)\n"
        "    except OSError:\n        pass"
    ),
    "swallows its alarm": (
        "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except BaseException:\n"
        "        pass"
    ),
}


@pytest.mark.parametrize("source", DEADLY.values(), ids=DEADLY.keys())
def test_a_deadly_cell_costs_only_itself(make_notebook: Make, grade: Take, source: str) -> None:
    done = grade(make_notebook(adds=(source, "after = double(21)\nprint('after', after)")))
    assert points(done.grade) == FULL
    assert "after 42" in str(done.grade.cells[-1].outputs)
    assert [i.where for i in done.grade.incidents] == ["cell 7"]
    assert "left out" in done.grade.incidents[0].text


def test_what_a_notebook_tries_is_told_the_ta(make_notebook: Make, grade: Take) -> None:
    source = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"
    done = grade(make_notebook(adds=(source,)))
    assert points(done.grade) == FULL
    assert any("tried to send signal 9" in i.text for i in done.grade.incidents)


def test_a_cell_that_hangs_is_stopped_and_keeps_its_names(make_notebook: Make, grade: Take) -> None:
    done = grade(make_notebook(adds=("kept = 7\nwhile True: pass", "print('kept', kept)")))
    assert points(done.grade) == FULL
    assert "kept 7" in str(done.grade.cells[-1].outputs)
    assert "ran longer than 4 s" in done.grade.cells[-2].note


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("import os; os._exit(0)", Outcome.crashed),
        ("import ctypes; ctypes.string_at(0)", Outcome.crashed),
        ("while True: pass", Outcome.timed_out),
        ("import sys; sys.exit('done')", Outcome.failed),
        ("raise KeyboardInterrupt", Outcome.failed),
        ("return double(x)", Outcome.failed),
        ("return None", Outcome.failed),
        ("return float('nan')", Outcome.failed),
        ("return 'six'", Outcome.failed),
        ("return [[1], [2, 3]]", Outcome.failed),
        ("return object()", Outcome.failed),
        ("return np.zeros(10**8)", Outcome.failed),
    ],
)
def test_a_bad_function_costs_its_points(
    make_notebook: Make, grade: Take, body: str, outcome: Outcome
) -> None:
    # Only the cell with the figure calls it while the notebook runs; there it must not matter.
    guard = "def double(x):\n    if isinstance(x, float) and x == 3:\n        {}\n    return 2 * x"
    done = grade(make_notebook({"double": guard.format(body)}))
    assert checks(done.grade, "double")["example"].outcome is outcome
    assert points(done.grade) == FULL | {"double": 0}


def test_a_check_that_kills_the_worker_costs_only_itself(make_notebook: Make, grade: Take) -> None:
    """The fork of a check kills the notebook it was forked from; the checks left get a new one."""
    source = (
        "import os, time\nhome = os.getpid()\n"
        "def integrate(pdf, lo, hi):\n"
        "    if os.getpid() != home and hi == 3:\n        os.kill(home, 9); time.sleep(5)\n"
        "    x = np.linspace(lo, hi, 2001)\n"
        "    return float(np.sum((pdf(x[1:]) + pdf(x[:-1])) / 2 * np.diff(x)))"
    )
    done = grade(make_notebook({"integrate": source}))
    assert points(done.grade) == FULL | {"integrate": 0}
    assert checks(done.grade, "integrate")["constant"].outcome is Outcome.passed
    assert checks(done.grade, "integrate")["square"].outcome is Outcome.crashed
    assert "integrate/square" in [incident.where for incident in done.grade.incidents]


def test_a_check_cannot_spoil_the_next(make_notebook: Make, grade: Take) -> None:
    """A function that breaks itself after its first call is judged afresh by every check."""
    source = (
        "def integrate(pdf, lo, hi):\n    global integrate\n    integrate = None\n"
        "    x = np.linspace(lo, hi, 2001)\n"
        "    return float(np.sum((pdf(x[1:]) + pdf(x[:-1])) / 2 * np.diff(x)))"
    )
    assert points(grade(make_notebook({"integrate": source})).grade) == FULL


def test_reused_memory_gives_nothing_away(make_notebook: Make, grade: Take) -> None:
    """An object that is equal to everything is an object, not a number."""
    liar = (
        "class Liar:\n    def __eq__(self, other): return True\n"
        "    def __array__(self, *a, **k): return np.array(6.0)\n"
        "def double(x): return Liar()"
    )
    done = grade(make_notebook({"double": liar}))
    assert points(done.grade)["double"] == 0
    message = checks(done.grade, "double")["example"].message
    assert message.startswith("The result is an object, not made of numbers")


def test_patched_libraries_change_nothing_outside(make_notebook: Make, grade: Take) -> None:
    patch = (
        "import builtins\nnp.allclose = np.isclose = lambda *a, **k: True\n"
        "builtins.abs = lambda x: 0"
    )
    wrong = f"{patch}\ndef double(x):\n    return x + 1"
    assert points(grade(make_notebook({"double": wrong})).grade)["double"] == 0


def test_the_worker_holds_no_secret(make_notebook: Make, grade_patiently: Take) -> None:
    """Everything that can be reached from a cell is searched for what only the checker knows."""
    search = (
        "import gc, os, sys\n"
        "names = [n for n in sys.modules if n.startswith('grader')]\n"
        "print('MODULES', sorted(names))\n"
        "print('ENV', sorted(os.environ))\n"
        "print('ARGV', sys.argv, open('/proc/self/cmdline').read())\n"
        "print('FDS', [os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')"
        " if os.path.exists(f'/proc/self/fd/{n}')])\n"
        # The words are never put together here, or the search would find itself.
        "def found(half, rest):\n"
        "    for line in open('/proc/self/maps').read().splitlines():\n"
        "        span, mode = line.split()[:2]\n"
        "        if mode[:2] != 'rw': continue\n"
        "        lo, hi = (int(x, 16) for x in span.split('-'))\n"
        "        with open('/proc/self/mem', 'rb', 0) as f:\n"
        "            f.seek(lo)\n"
        "            data = f.read(hi - lo)\n"
        "        at = data.find(half)\n"
        "        while at >= 0:\n"
        "            if data.startswith(rest, at + len(half)): return True\n"
        "            at = data.find(half, at + 1)\n"
        "    return False\n"
        "known = 'known to be ' + 'here'\n"
        "print('PLANTED', found(b'known to be ', b'here'))\n"
        "print('HIDDEN CHECK', found(b'check_squ', b'are(submission'))\n"
        "print('SECRET', found(b'a secret of ', b'the tests'))"
    )
    output = str(grade_patiently(make_notebook(adds=(search,))).grade.cells[-1].outputs)
    assert "PLANTED True" in output
    assert "HIDDEN CHECK False" in output
    assert "SECRET False" in output
    assert not re.search(r"grader\.(checks|diagnosis|store|pipeline|processes\.checkers)", output)
    assert "GRADER_SECRET" not in output
    assert "solutions" not in output


def test_the_verdict_is_the_same_one_at_a_time_or_many(
    make_notebook: Make, course: Course, processes: Processes, tmp_path: Path
) -> None:
    bodies = ["return 2 * x", "return x + 1", "return np.random.normal()", "1/0", "return x * 2"]
    for number, body in enumerate(bodies):
        source = f"def double(x):\n    x = np.asarray(x, float)\n    {body}"
        (tmp_path / f"{number}.ipynb").write_bytes(make_notebook({"double": source}))
    run = Run(course, processes, "s")

    def verdicts(jobs: int) -> dict[str, Any]:
        return {
            done.grade.submission: [
                (c.name, c.outcome, c.message) for e in done.grade.exercises for c in e.checks
            ]
            for done in grade_all(run, take_in([tmp_path]), jobs)
        }

    assert verdicts(1) == verdicts(4) == verdicts(1)


def test_a_fault_of_ours_is_nobodys_loss(
    make_notebook: Make, course: Course, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(work: Any) -> None:
        raise ZeroDivisionError("our own bug")

    monkeypatch.setattr("grader.pipeline.STEPS", (broken,))
    submissions = [Submission(name, name, lambda: None) for name in "ab"]  # type: ignore[arg-type,return-value]
    grades = [done.grade for done in grade_all(Run(course, processes, "s"), submissions, 2)]
    assert len(grades) == 2
    for found in grades:
        assert "a person will look" in found.refused
        assert "our own bug" in found.incidents[0].text


def test_files_beside_the_notebook_and_the_data_are_there(
    course: Course, processes: Processes, make_notebook: Make, tmp_path: Path
) -> None:
    folder = tmp_path / "ada"
    folder.mkdir()
    source = "import helper\ndef double(x):\n    return helper.twice(x)"
    (folder / "hand-in.ipynb").write_bytes(make_notebook({"double": source}))
    (folder / "helper.py").write_text("def twice(x):\n    return 2 * x\n")
    [done] = grade_all(Run(course, processes, "s"), take_in([tmp_path]), 1)
    assert points(done.grade) == FULL


def test_nothing_is_left_behind(make_notebook: Make, grade: Take) -> None:
    seconds = str(10**6 + time.time_ns() % 10**6)
    stray = (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        import signal\n        signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"        os.execvp('sleep', ['sleep', '{seconds}'])\n    os._exit(0)"
    )
    grade(make_notebook(adds=(stray, "open('left-behind.txt', 'w').write('x')")))
    assert not _processes_with(seconds)


def _processes_with(word: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if word in line:
                found.append(line)
    return found


def test_a_course_whose_reference_fails_is_not_graded(
    course: Course, processes: Processes, tmp_path: Path
) -> None:
    import shutil

    from grader.errors import CourseError
    from grader.settings import load_course

    broken = tmp_path / "course"
    shutil.copytree(course.root, broken)
    (broken / "assignments" / "01_mini").rename(broken / "assignments" / "02_broken")
    (broken / "solutions" / "01_mini").rename(broken / "solutions" / "02_broken")
    checks_file = broken / "solutions" / "02_broken" / "checks.py"
    text = checks_file.read_text()
    checks_file.write_text(text.replace("9.0, atol", "8.0, atol"))
    run = Run(load_course(broken), processes, "s")
    with pytest.raises(CourseError, match="integrate/square: the reference itself fails"):
        run.processes.judges(run.course.assignments[0], "s")
