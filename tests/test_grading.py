"""Grading on other machines: the same marks, one writer, and machines that die."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader import pipeline
from grader.engine.choose import open_executor, read_choice
from grader.errors import GraderFault, MachineLost, Refused
from grader.grading import Far, Plan
from grader.jobs import Job, decode
from grader.model import Course, Grade, HandIn, Level, Origin, Submission
from grader.pipeline import Graded, Run, grade_one
from grader.processes.judgement import FAULT
from grader.processes.launch import Processes
from grader.results import Results
from grader.settings import course_secret, load_course
from grader.station import HERE, grade_job
from grader.store.gradebook import Gradebook
from tests.cli.test_killed import family

EDIT = ("x = np.linspace(0, 1, 7)", "x = np.linspace(0, 1, 8)")
Make = Callable[..., bytes]
SLOW = "import time\ntime.sleep(1.5)"


@pytest.fixture(scope="module")
def copy(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course of our own: workers find its secret in it, as on a shared file system."""
    root = tmp_path_factory.mktemp("shared") / "course"
    shutil.copytree(course.root, root, ignore=shutil.ignore_patterns(".grader"))
    return load_course(root)


@pytest.fixture(scope="module")
def station() -> Iterator[None]:
    """The far end is in this very process, and stays warm from test to test."""
    yield
    HERE.close()


@pytest.fixture
def plan(copy: Course, tmp_path: Path, station: None) -> Iterator[Plan]:
    with Gradebook(tmp_path / "gradebook.sqlite") as book:
        yield Plan(copy, book, (), copy.root / "out", 1, Level.limits)


def grade_far(
    executor: Executor, plan: Plan, submissions: list[Submission], window: int | None
) -> Iterator[Graded]:
    return Far(plan, executor, window).grade(None, submissions, lambda _: None)


def handed(name: str, notebook: bytes) -> Submission:
    return Submission(name, name, lambda: HandIn(notebook))


def refusing(name: str) -> Submission:
    def load() -> HandIn:
        raise Refused("The zip archive is protected by a password.")

    return Submission(name, name, load)


def plain(grade: Grade) -> Grade:
    """A grade without what differs from run to run: seconds, and under which key it is kept."""
    exercises = tuple(
        replace(e, checks=tuple(replace(c, seconds=0.0) for c in e.checks)) for e in grade.exercises
    )
    cells = tuple(replace(cell, seconds=0.0) for cell in grade.cells)
    return replace(grade, seconds=0.0, exercises=exercises, cells=cells, basis="", run="")


class Once(Executor):
    """Grades in this very process, but loses the machine over some hand-ins."""

    def __init__(self, dies: dict[str, int]) -> None:
        self.dies, self.asked = dict(dies), list[str]()

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        name = decode(args[0], Job).name
        self.asked.append(name)
        if self.dies.get(name, 0) > 0:
            self.dies[name] -= 1
            future.set_exception(MachineLost("Every machine died over it."))
        else:
            future.set_result(function(*args))
        return future


def test_far_and_near_give_the_same(copy: Course, plan: Plan, make_notebook: Make) -> None:
    wrong = make_notebook({"double": "def double(x): return x"}, ("print('here')",))
    hand_ins = [handed("right", make_notebook()), handed("wrong", wrong), refusing("locked")]
    far = {g.grade.submission: g for g in grade_far(Once({}), plan, hand_ins, 2)}
    with Processes([copy.root]) as processes:
        run = Run(copy, processes, course_secret(copy.root))
        for submission in hand_ins:
            near, there = grade_one(run, submission), far[submission.name]
            assert plain(there.grade) == plain(near.grade)
            assert there.notebook == near.notebook
    assert "password" in far["locked"].grade.refused
    assert float(far["wrong"].grade.points) == 4.5


def test_only_who_kills_machines_alone_is_given_up_on(plan: Plan, make_notebook: Make) -> None:
    executor = Once({"deadly": 2, "beside it": 1})
    hand_ins = [handed(name, make_notebook()) for name in ("deadly", "beside it", "elsewhere")]
    found = {g.grade.submission: g.grade for g in grade_far(executor, plan, hand_ins, 8)}
    assert executor.asked[:3] == ["deadly", "beside it", "elsewhere"]
    assert sorted(executor.asked[3:]) == ["beside it", "deadly"]
    assert not found["beside it"].refused
    lost = found["deadly"]
    assert "a person will look. Every machine died over it." in lost.refused
    assert lost.incidents[0].where == "the machines"
    # Another run finds out whether the same hand-in is there again.
    assert lost.digest == hand_ins[0].load().digest


def test_at_most_so_many_are_on_their_way(plan: Plan) -> None:
    class Silent(Once):
        def submit(self, function: Callable[..., Any], /, *args: Any, **kw: Any) -> Future[Any]:
            self.asked.append(decode(args[0], Job).name)
            return Future()

    executor, hand_ins = Silent({}), [handed(f"{n}", b"") for n in range(9)]
    grades = grade_far(executor, plan, hand_ins, 3)
    waiter = threading.Thread(target=lambda: next(grades, None), daemon=True)
    waiter.start()
    time.sleep(0.2)
    assert executor.asked == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("name", "says"), [("content_of", "are others on a worker"), ("course_secret", "the secret")]
)
def test_another_course_or_secret_ends_the_run(
    plan: Plan, make_notebook: Make, name: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"grader.grading.{name}", lambda _: "another")
    with pytest.raises(GraderFault, match=says):
        list(grade_far(Once({}), plan, [handed("anna", make_notebook())], 1))


def test_what_is_known_is_not_sent(plan: Plan, make_notebook: Make, tmp_path: Path) -> None:
    """A recorded grade stays here; of a check that was edited, only its exercise is judged anew."""
    hand_ins = [handed(name, make_notebook()) for name in ("anna", "ben")]

    def round_of(course: Course) -> tuple[list[str], list[Graded]]:
        executor = Once({})
        with Results(course, tmp_path / "out") as results:
            here = replace(plan, course=course, book=results.book)
            found = list(grade_far(executor, here, hand_ins, 2))
            for graded in found:
                results.add(graded)
        return executor.asked, found

    asked, first = round_of(plan.course)
    assert sorted(asked) == ["anna", "ben"]
    asked, second = round_of(plan.course)
    assert not asked
    assert all(graded.recorded for graded in second)
    assert {plain(g.grade).points for g in second} == {plain(g.grade).points for g in first}
    root = shutil.copytree(plan.course.root, tmp_path / "edited")
    checks = root / "solutions" / "01_mini" / "checks.py"
    checks.write_text(checks.read_text().replace(*EDIT))
    asked, third = round_of(load_course(root))
    assert sorted(asked) == ["anna", "ben"]
    assert {frozenset(graded.findings.fresh) for graded in third} == {frozenset({"double"})}
    assert all(graded.grade.cells for graded in third)


def test_what_the_site_says_comes_along(plan: Plan, make_notebook: Make) -> None:
    said = Origin(site="moodle", handed_in_at="2026-11-01T10:00:00+00:00")
    submission = replace(handed("anna", make_notebook()), origin=said)
    [found] = grade_far(Once({}), plan, [submission], 1)
    assert found.grade.origin == said


def test_warm_processes_that_were_killed_are_started_again(plan: Plan, make_notebook: Make) -> None:
    hand_ins = [handed("anna", make_notebook())]
    list(grade_far(Once({}), plan, hand_ins, 1))
    assert HERE._processes is not None
    os.kill(HERE._processes._process.pid, signal.SIGKILL)
    HERE._processes._process.wait()
    [again] = grade_far(Once({}), plan, hand_ins, 1)
    assert float(again.grade.points) == 5.5


def test_a_fault_of_ours_is_tried_once_more(
    plan: Plan, make_notebook: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = ["a worker did not start"]
    execute = pipeline.execute_and_judge

    def breaks(work: pipeline.Work) -> None:
        if faults:
            raise GraderFault(faults.pop())
        execute(work)

    monkeypatch.setattr(pipeline, "STEPS", (*pipeline.STEPS[:-1], breaks))
    [found] = grade_far(Once({}), plan, [handed("anna", make_notebook())], 1)
    assert not found.grade.refused
    faults += ["a worker did not start"] * 9
    [found] = grade_far(Once({}), plan, [handed("anna", make_notebook())], 1)
    assert found.grade.refused == FAULT
    assert len(faults) == 7


def secret_in(folder: Path, secret: str) -> list[Path]:
    return [f for f in folder.rglob("*") if f.is_file() and secret.encode() in f.read_bytes()]


NAMES = {
    "dask": ("dask://local", "distributed"),
    "submitit": ("slurm:cluster=local,batch=2", "submitit"),
}


@pytest.mark.long
@pytest.mark.parametrize(("name", "package"), NAMES.values(), ids=NAMES.keys())
def test_a_machine_that_dies_costs_a_retry(
    name: str, package: str, plan: Plan, make_notebook: Make, tmp_path: Path
) -> None:
    pytest.importorskip(package, reason=f"{package} is not installed here")
    hand_ins = [handed(f"group {n}", make_notebook(adds=(SLOW,))) for n in range(2)]
    choice, before = read_choice(name), machines()
    with open_executor(choice, 1, tmp_path) as executor:
        grades: list[Graded] = []
        window = 8 if choice.kind == "dask" else None
        grading = threading.Thread(
            target=lambda: grades.extend(grade_far(executor, plan, hand_ins, window))
        )
        grading.start()
        # The worker is grading once it has an ancestor below it.
        until(lambda: machines() - before)
        time.sleep(2.5)
        assert not secret_in(tmp_path, course_secret(plan.course.root))
        for pid in machines() - before:
            os.kill(pid, signal.SIGKILL)
        grading.join(60)
    assert sorted(float(g.grade.points) for g in grades) == [5.5, 5.5]
    assert not any(g.grade.refused for g in grades)


def machines() -> set[int]:
    """Return the processes below this one that have started an ancestor: those that grade."""
    below = {pid for generation in family(os.getpid())[1:] for pid in generation}
    found = set()
    for pid in below:
        with suppress(OSError):
            if b"grader.processes.ancestor" in Path(f"/proc/{pid}/cmdline").read_bytes():
                stat = Path(f"/proc/{pid}/stat").read_text()
                found.add(int(stat.rpartition(")")[2].split()[1]))
    return found & below


def until(met: Callable[[], Any]) -> None:
    end = time.monotonic() + 30
    while not met():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def test_the_function_that_travels_is_named_not_copied() -> None:
    cloudpickle = pytest.importorskip("cloudpickle")
    pickled = cloudpickle.dumps(grade_job)
    assert b"grader.station" in pickled
    assert len(pickled) < 100
