"""A small class graded into one gradebook again and again, with a count of what is run."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from grader.digests import Setting
from grader.model import Course, Grade, HandIn, Submission
from grader.pipeline import Graded, Run, grade_all
from grader.processes.executing import Execution
from grader.processes.launch import Judge, Processes
from grader.recall import Memory
from grader.results import Results
from grader.settings import load_course

SECRET = "a secret of the tests"
WRONG = "def double(x):\n    return np.asarray(x) ** 2"


@dataclass
class Classroom:
    """Hand-ins by name, the course they are graded by, and what was done in the last round."""

    course: Course
    processes: Processes
    out: Path
    hand_ins: dict[str, HandIn] = field(default_factory=dict)
    checks: list[tuple[str, str]] = field(default_factory=list)
    runs: int = 0

    def edit(self, place: Path, file: str, old: str, new: str) -> None:
        """Go on with a copy of the course in which a text of one file is another.

        In a folder of its own: processes that run do not load checks twice.
        """
        root = shutil.copytree(self.course.root, place / f"course-{len(list(place.iterdir()))}")
        text = (root / file).read_text()
        assert text.count(old) == 1
        (root / file).write_text(text.replace(old, new))
        self.course = load_course(root)

    def grade(self, *, afresh: bool = False) -> dict[str, Grade]:
        """Grade everybody and return what is recorded, by name."""
        self.checks.clear()
        self.runs = 0
        with Results(self.course, self.out) as results:
            memory = Memory(results.book, self.setting, afresh=afresh)
            run = Run(self.course, self.processes, SECRET, memory=memory)
            for graded in grade_all(run, self.submissions(), 1):
                results.add(graded)
            return {grade.submission: grade for grade in results.book.grades()}

    def again(self) -> dict[str, Graded]:
        """Grade everybody as a regrade does, and keep what is found without recording it."""
        self.checks.clear()
        self.runs = 0
        with Results(self.course, self.out) as results:
            memory = Memory(results.book, self.setting, decided=False)
            run = Run(self.course, self.processes, SECRET, memory=memory)
            found = list(grade_all(run, self.submissions(), 1))
            for graded in found:
                results.keep(graded)
            return {graded.grade.submission: graded for graded in found}

    @property
    def setting(self) -> Setting:
        """What the grading brings along."""
        return Setting(SECRET, "cpu", self.processes.isolation)

    def submissions(self) -> list[Submission]:
        """Return the hand-ins as they arrive."""
        return [
            Submission(name, name, lambda hand_in=hand_in: hand_in)  # type: ignore[misc]
            for name, hand_in in self.hand_ins.items()
        ]


def timeless(grade: Grade) -> Grade:
    """Return a grade without what differs from run to run: its times."""
    exercises = tuple(
        replace(e, checks=tuple(replace(c, seconds=0.0) for c in e.checks)) for e in grade.exercises
    )
    return replace(grade, seconds=0.0, exercises=exercises)


def make_classroom(
    course: Course,
    processes: Processes,
    make_notebook: Callable[..., bytes],
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Classroom:
    """Return a class of three: one right, one wrong, one that crashes in a check."""
    room = Classroom(course, processes, out)
    crash = "def integrate(pdf, lo, hi):\n    import os\n    os._exit(3)"
    room.hand_ins = {
        "ada": HandIn(make_notebook()),
        # What its last cell shows is never the same twice.
        "bob": HandIn(make_notebook({"double": WRONG}, ("import time\nprint(time.time_ns())",))),
        "cy": HandIn(make_notebook({"integrate": crash})),
    }
    judge, worker = Judge.judge, Execution.worker

    def counted(self, process, what, patience):  # type: ignore[no-untyped-def]
        room.checks += what.checks
        return judge(self, process, what, patience)

    def noted(self, limits):  # type: ignore[no-untyped-def]
        room.runs += 1
        return worker(self, limits)

    monkeypatch.setattr(Judge, "judge", counted)
    monkeypatch.setattr(Execution, "worker", noted)
    return room
