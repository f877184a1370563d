"""The form of a hand-in: each rule is told in a sentence, and what follows is the course's."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.model import Action, Assignment, Course, HandIn, HandInRules, Submission
from grader.notebook.read import Cell, Notebook
from grader.notebook.rules import Form, broken_rules, listed
from grader.pipeline import Graded, Run, grade_one
from grader.processes.launch import Processes

ALL = HandInRules(2, Action.warn, Action.warn, Action.warn, Action.warn)
FIGURE, TEXT = frozenset({"figure"}), frozenset({"text"})
CAPTION = Cell("markdown", "**Figure 1.** What betrays the usual bugs.")
GOOD = (
    Cell("code", "x = 1", count=1),
    Cell("code", "plot()", count=2, outputs=FIGURE),
    CAPTION,
    Cell("markdown", "It falls, as it should."),
    Cell("code", "print(x)", count=3, outputs=TEXT),
)
PAIR = ("Ada", "Emmy")
PDF = ("hand-in.PDF", b"%PDF-1.7 ...")


def form(*cells: Cell, members: tuple[str, ...] = PAIR, files: tuple = (PDF,)) -> Form:
    skeleton = Notebook((Cell("code", "plot()"), CAPTION))
    return Form(Notebook(cells or GOOD), skeleton, members, files)


def told(given: Form, rules: HandInRules = ALL) -> str:
    return " | ".join(rule.text for rule in broken_rules(rules, given))


def changed(at: int, **what: object) -> Form:
    return form(*(replace(c, **what) if i == at else c for i, c in enumerate(GOOD)))


def test_a_hand_in_in_order_is_not_remarked_upon() -> None:
    assert told(form()) == ""


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (form(members=()), "states no name. Write the 2 names of the group into `MEMBERS`"),
        (form(members=("Ada",)), "states one name"),
        (form(members=("Ada", "ADA")), "states one name"),
        (form(members=("Ada", "Emmy", "Mary")), "states 3 different names"),
        (form(files=()), "No PDF came with the notebook"),
        (form(files=(("a.pdf", b"<html>"),)), "ends in .pdf is not a PDF"),
        (form(files=(("a.txt", b"%PDF-1.7"),)), "No PDF came"),
        (changed(0, count=None), "Code cell 1 was never run"),
        (form(*(replace(c, count=None) for c in GOOD)), "The notebook was never run"),
        (changed(0, count=7), "Code cell 2 was run before the cell above"),
        (changed(1, count=1), "Code cell 2 was run before"),
        (changed(4, outputs=frozenset({"error", "text"})), "Code cell 3 ends in an error"),
        (form(*(replace(c, outputs=frozenset()) for c in GOOD)), "No outputs are stored"),
        (changed(3, source="  "), "Code cell 2 shows a figure without a sentence of yours"),
        (changed(3, source="*Your answer here.*"), "without a sentence"),
        (changed(3, kind="code", count=3), "without a sentence"),
    ],
)
def test_what_is_missing_is_told(given: Form, says: str) -> None:
    text = told(given)
    assert says in text
    assert told(given, HandInRules()) == "", "a rule that is switched off speaks"


def test_a_sentence_may_be_written_into_the_caption() -> None:
    own = replace(CAPTION, source=CAPTION.source + "\n\nIt falls.")
    assert told(form(*GOOD[:2], own, GOOD[4])) == ""


def test_blank_cells_need_no_run() -> None:
    assert told(form(*GOOD, Cell("code", " \n"))) == ""


def test_any_group_is_right_where_none_is_asked_for() -> None:
    rules = replace(ALL, group_size=0)
    assert told(form(members=("Ada",)), rules) == ""
    assert "Write your name" in told(form(members=()), rules)


def test_long_lists_are_cut() -> None:
    assert listed([3], "was", "were") == "Code cell 3 was"
    assert listed([3, 5, 7], "was", "were") == "Code cells 3, 5 and 7 were"
    assert listed(range(1, 21), "", "x") == "Code cells 1, 2, 3, 4, 5, 6, 7, 8 and 12 more x"


@pytest.fixture
def graded_by(
    course: Course, processes: Processes, make_notebook: Callable[..., bytes]
) -> Callable[[HandInRules], Graded]:
    """Return a function that grades a right notebook, handed in alone and never run."""

    def grade(rules: HandInRules) -> Graded:
        assignments: list[Assignment] = [replace(a, rules=rules) for a in course.assignments]
        run = Run(replace(course, assignments=tuple(assignments)), processes, "a secret")
        return grade_one(run, Submission("s", "s", lambda: HandIn(make_notebook())))

    return grade


def test_a_warning_costs_nothing(graded_by: Callable[[HandInRules], Graded]) -> None:
    grade = graded_by(ALL).grade
    assert grade.points == grade.max_points
    assert len(grade.remarks) == 3
    assert not grade.incidents


def test_a_refusal_says_what_to_do(graded_by: Callable[[HandInRules], Graded]) -> None:
    grade = graded_by(replace(ALL, pdf=Action.refuse)).grade
    assert grade.refused.startswith("No PDF came with the notebook.")
    assert "never run" not in grade.refused, "that was only to be remarked"
    assert not grade.exercises
