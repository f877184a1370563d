"""A class that has been graded without running anything: hand-ins, answers, figures, faults."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from grader.demo import Actor, Theatre
from grader.model import (
    CellRun,
    CheckResult,
    Course,
    ExerciseGrade,
    Grade,
    HandIn,
    Incident,
    NotebookRun,
    Outcome,
)
from grader.notebook.answers import find_answers
from grader.notebook.read import read_notebook
from grader.settings import load_course
from grader.store.gradebook import Gradebook
from tests.reports.sample import ANSWER, TABLE, picture_output, pictures, result, stream

ROOT = Path(__file__).parents[2]
FLOW = "05_flow"
SHORT = (
    "Because $F$ is strictly increasing, $P(F^{{-1}}(U) \\le t) = P(U \\le F(t))$. Number {n}.",
    ANSWER.replace("{", "{{").replace("}", "}}") + "\n\nThat is proof number {n}.",
    "It holds by the change of variables: $p_Y(t) = p_U(F(t)) F'(t)$, {n}.",
)
Answers = Callable[[int, str], str]


def flow() -> Course:
    """Return the course with the one assignment that the class has handed in."""
    course = load_course(ROOT)
    return replace(course, assignments=tuple(a for a in course.assignments if a.name == FLOW))


def usual(number: int, question: str) -> str:
    """Return the answer of a student: two in ten leave a blank, three say the same."""
    kind = number % 10
    if kind < 2:
        return ""
    if kind < 5:
        return (
            "Monotone maps keep\n   inequalities."
            if kind % 2
            else "Monotone maps keep inequalities."
        )
    return SHORT[kind % 3].format(n=number)


def make_class(out: Path, size: int, answers: Answers = usual) -> list[Grade]:
    """Write a gradebook of so many hand-ins; some with a fault, some refused."""
    out.mkdir(parents=True, exist_ok=True)
    with Gradebook(out / "gradebook.sqlite") as book:
        return [maker().write(book, number, answers) for number in range(size)]


@cache
def maker() -> "Maker":
    """Return the one maker: drawing its pictures takes seconds."""
    return Maker(flow())


class Maker:
    """Makes hand-ins from the skeleton of the flow assignment."""

    def __init__(self, course: Course) -> None:
        (self.assignment,) = course.assignments
        self.theatre = Theatre(course)
        self.skeleton = read_notebook(json.dumps(self.theatre.skeleton).encode())
        self.drawn = pictures()

    def write(self, book: Gradebook, number: int, answers: Answers) -> Grade:
        """Write one hand-in and its grade."""
        name = f"student_{number:03d}"
        data = self.hand_in(name, number, answers)
        notebook = read_notebook(data)
        hand_in = HandIn(data)
        runs = tuple(self._run(index, number) for index, _ in enumerate(notebook.code))
        questions = find_answers(notebook, self.assignment.questions, self.skeleton)
        grade = Grade(
            name, FLOW, (f"Nadia {name}",), isolation="full", exercises=self._exercises(number),
            questions=questions, digest=hand_in.digest, run="run",
        )  # fmt: skip
        if number % 40 == 39:
            refused = "The notebook is not JSON: it ends in the middle."
            hand_in = HandIn(data[:5000])
            grade = replace(
                grade, refused=refused, exercises=(), questions=(), digest=hand_in.digest,
                incidents=(Incident("hand-in", "The file ends in the middle."),),
            )  # fmt: skip
        with book.transaction():
            book.kept.keep_hand_in(hand_in)
            book.kept.keep_run((FLOW, name, "content"), "run", NotebookRun(runs))
            book.record(grade)
        return grade

    def hand_in(self, name: str, number: int, answers: Answers) -> bytes:
        """Return the notebook of a student, each question with an answer of its own."""
        document = json.loads(self.theatre.hand_in(Actor(name, (f"Nadia {name}",), "")))
        texts = iter([answers(number, question.name) for question in self.assignment.questions])
        for cell in document["cells"]:
            if "".join(cell["source"]) == "*Your answer here.*":
                cell["source"] = next(texts) or "*Your answer here.*"
        return json.dumps(document).encode()

    def _run(self, index: int, number: int) -> CellRun:
        drawn = self.drawn[(index + number) % len(self.drawn)]
        outputs: list[Any] = [stream(f"cell {index}\n"), result(text_html=TABLE)]
        if index % 3 == 0:
            outputs.append(picture_output(drawn))
        return CellRun(index, True, 0.1, tuple(outputs))

    def _exercises(self, number: int) -> tuple[ExerciseGrade, ...]:
        grades = []
        for at, exercise in enumerate(self.assignment.exercises):
            broken = at == 1 and number % 25 == 24
            check = CheckResult(
                "values", exercise.name, True, True,
                Outcome.grader_fault if broken else Outcome.passed, "The values are right.",
                message="The judge ended.\nwith: x = 1" if broken else "",
                detail="Traceback (most recent call last): …" if broken else "",
                points=Fraction(0) if broken else exercise.points, max_points=exercise.points,
            )  # fmt: skip
            points = Fraction(0) if broken else exercise.points
            grades.append(
                ExerciseGrade(
                    exercise.name, exercise.title, points, exercise.points, (check,), broken
                )
            )
        return tuple(grades)


def main(arguments: Sequence[str]) -> None:
    """Write a class to look at: `python -m tests.web.graded FOLDER SIZE`."""
    make_class(Path(arguments[0]), int(arguments[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
