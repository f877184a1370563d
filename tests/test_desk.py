"""`check` and `pending`, as a student uses them in a notebook."""

import random
import re
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import check, desk, pending
from grader.card import Card, Look, State
from grader.model import CheckResult, Course, Exercise, Outcome
from grader.worker.seeds import set_seeds


@pytest.fixture
def at_desk(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder as it was released."""
    folder = tmp_path / "01_mini"
    shutil.copytree(course.root / "assignments" / "01_mini", folder)
    monkeypatch.chdir(folder)
    return folder


def run(call: str, **names: Any) -> Any:
    """Evaluate a call as a cell of a notebook with these names would."""
    return eval(call, {"check": check, **names})


RIGHT = {"double": lambda x: 2 * x}


def test_a_right_exercise(at_desk: Path) -> None:
    card = run('check("double")', **RIGHT)
    assert str(card).splitlines() == [
        "✓ double (1 point) passes: 1 of 1 public check passes",
        "  ✓ Doubling 3 gives 6.",
    ]
    assert "1 of 1 public check passes" in card._repr_html_()


def test_a_wrong_exercise_says_why(at_desk: Path) -> None:
    card = run('check("double")', double=lambda x: x)
    assert "✗ double (1 point) wrong: 0 of 1" in str(card)
    assert "✗ Doubling 3 gives 6." in str(card)
    assert "got: 3" in str(card)
    assert "expected: 6" in str(card)
    page = card._repr_html_()
    assert re.search(r">got<.*>3</pre>.*>expected<.*>6</pre>", page, re.DOTALL)


def test_hint_mistake_and_worked_case_are_folded_away() -> None:
    result = CheckResult(
        "worked", "double", True, True, Outcome.failed, "It doubles.", hint="Add it to itself.",
        mistake="halving", example="double(3) gives 6", message="It halves.\ngot: 1.5",
    )  # fmt: skip
    look = Look(Exercise("double", Fraction(1)), State.wrong, (result,))
    folds = re.findall(
        r"<details><summary[^>]*>(.*?)</summary><div[^>]*>(.*?)</div>",
        str(Card((look,))._repr_html_()),
    )
    assert folds == [
        ("Likely cause", "a known mistake: halving"),
        ("Hint", "Add it to itself."),
        ("A worked small case", "double(3) gives 6"),
    ]
    assert "hint: Add it to itself." in str(Card((look,)))


def test_without_a_name_there_is_an_overview(at_desk: Path) -> None:
    def quadruple(x: float) -> float:
        return x

    def integrate(pdf: Any, lo: float, hi: float) -> float:
        raise NotImplementedError

    view = run("check()", **RIGHT, quadruple=quadruple, integrate=integrate, MEMBERS=["", ""])
    states = {look.exercise.name: look.state for look in view.looks}
    assert states == {
        "double": State.passed,
        "quadruple": State.wrong,
        "integrate": State.blank,
        "Scale": State.missing,
    }
    assert "1 pass, 1 wrong, 2 still to do; at most 1 of 5.5 points so far." in str(view)
    assert "MEMBERS is still blank" in str(view)
    page = view._repr_html_()
    assert "still blank</td>" in page
    # What the plain text says is on the page as well.
    assert "not defined: Run the cell that defines <code>Scale</code> first" in page


def test_a_name_that_is_not_there_is_not_checked(at_desk: Path) -> None:
    card = run('check("double")', doubel=lambda x: 2 * x)
    assert "not defined" in str(card)
    assert "Run the cell that defines `double` first" in str(card)
    assert "There is `doubel`: the name is what counts." in str(card)


def test_a_blank_is_called_blank_and_shows_no_failure(at_desk: Path) -> None:
    def double(x: float) -> float:
        raise NotImplementedError

    card = run('check("double")', double=double)
    assert str(card).splitlines()[0] == "○ double (1 point) still blank"
    assert "✗" not in str(card)
    assert "still blank" in str(run('check("double")', double=...))


def test_finished_code_may_name_the_error_of_blanks(at_desk: Path) -> None:
    def double(x: float, kind: str = "usual") -> float:
        if kind != "usual":
            raise NotImplementedError
        return 2 * x

    assert "passes" in str(run('check("double")', double=double))


def test_what_builds_on_a_blank_waits_for_it(at_desk: Path) -> None:
    def double(x: float) -> float:
        raise NotImplementedError

    def quadruple(x: float) -> float:
        return double(double(x))

    card = run('check("quadruple")', double=double, quadruple=quadruple)
    assert "quadruple (2 points) waits for others" in str(card)
    assert "It builds on `double`, which is not written yet: begin there." in str(card)


def test_checks_leave_the_generators_alone(at_desk: Path) -> None:
    torch = pytest.importorskip("torch")

    def draws() -> tuple[float, ...]:
        set_seeds(1)
        wait()
        return random.random(), *np.random.standard_normal(1), float(torch.rand(()))  # noqa: NPY002

    def wait() -> None:
        if is_checked:
            run('check("double")', **RIGHT)

    is_checked = False
    undisturbed = draws()
    is_checked = True
    assert draws() == undisturbed


def test_an_interrupt_stops_the_checks_in_one_line(
    at_desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def double(x: float) -> float:
        raise KeyboardInterrupt

    assert run('check("double")', double=double) is None
    assert capsys.readouterr().err.startswith("Stopped: ")
    assert "passes" in str(run('check("double")', **RIGHT))


def test_an_edited_file_of_checks_is_read_anew(at_desk: Path) -> None:
    run('check("double")', double=lambda x: 2 * x)
    text = (at_desk / "checks.py").read_text()
    (at_desk / "checks.py").write_text(text.replace("Doubling 3 gives 6", "Twice 3 is 6"))
    assert "Twice 3 is 6" in str(run('check("double")', double=lambda x: 2 * x))


@pytest.mark.parametrize("call", ['check("double")', "check()"])
def test_what_a_student_returns_is_inert_in_the_card(at_desk: Path, call: str) -> None:
    class Evil:
        pass

    Evil.__name__ = "<script>alert(1)</script>\x1b[31m\u202e"
    card = run(call, double=lambda x: Evil())
    assert "<script>" not in card._repr_html_()
    assert "alert(1)" in card._repr_html_()
    assert not re.search("[\x1b\u202e]", str(card) + card._repr_html_())


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('check("dobule")', "Mini has no exercise dobule. Did you mean double?"),
        ('check("scale")', "Did you mean Scale?"),
        ('check("tokenizer")', "It has: double, quadruple, integrate, Scale."),
        ("check(double)", 'in quotation marks, as in check("double")'),
    ],
)
def test_a_name_that_is_no_exercise(
    at_desk: Path, capsys: pytest.CaptureFixture[str], call: str, said: str
) -> None:
    assert run(call, **RIGHT) is None
    assert said in capsys.readouterr().err


def test_a_notebook_in_the_wrong_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run('check("double")') is None
    assert "Open the notebook in the folder it was released in" in capsys.readouterr().err


def test_under_grading_a_check_does_nothing(at_desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "graded", True)
    assert run('check("double")') is None


def test_pending_waits_for_blanks_and_for_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    with pending("the picture"):
        raise NotImplementedError
    assert "the picture appears once" in capsys.readouterr().out
    with pytest.raises(ZeroDivisionError), pending("the picture"):
        1 / 0  # noqa: B018
