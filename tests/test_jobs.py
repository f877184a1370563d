"""What travels: nothing is lost on the way, and no secret comes along."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.grading import Plan, terms_of
from grader.jobs import Done, Job, content_of, decode, encode, handed_in, job_of
from grader.model import Course, HandIn, Level, Submission
from grader.pipeline import Graded
from grader.settings import load_course
from grader.store.gradebook import Gradebook

SECRET = "nobody's to know"


@pytest.fixture
def plan(course: Course, tmp_path: Path) -> Iterator[Plan]:
    with Gradebook(tmp_path / "gradebook.sqlite") as book:
        yield Plan(course, book, (), Path("out"), 1, Level.limits)


def test_a_grade_comes_back_as_it_went(
    grade: Callable[..., Graded], make_notebook: Callable[..., bytes]
) -> None:
    found = grade(make_notebook({"double": "def double(x): return x"}, ("1/0",))).grade
    assert found.exercises
    assert found.cells[-1].outputs
    assert decode(encode(Done(found)), Done).grade == found


def test_a_job_carries_the_hand_in_and_not_the_secret(plan: Plan) -> None:
    handed = HandIn(b"a notebook", (("data.csv", b"1,2"),))
    submission = Submission("anna", "anna.ipynb", lambda: handed)
    data = encode(job_of(terms_of(plan, SECRET, None), submission))
    assert SECRET.encode() not in data
    job = decode(data, Job)
    assert handed_in(job) == handed
    assert (job.name, job.source) == ("anna", "anna.ipynb")


def test_another_secret_is_told_from_ours(plan: Plan) -> None:
    ours, again, other = (terms_of(plan, s, None).key for s in (SECRET, SECRET, "another"))
    assert ours == again != other


@pytest.mark.parametrize("part", ["assignments", "solutions"])
def test_a_course_that_differs_is_told(course: Course, tmp_path: Path, part: str) -> None:
    import shutil

    copy = tmp_path / "course"
    shutil.copytree(course.root, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert content_of(load_course(copy)) == content_of(course)
    checks = copy / part / "01_mini" / "checks.py"
    checks.write_text(checks.read_text() + "\n# stricter\n")
    assert content_of(load_course(copy)) != content_of(course)
