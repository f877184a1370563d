"""`check` and `pending`, as a student uses them in a notebook."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from grader import check, desk, pending
from grader.model import Course, Outcome


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


def test_a_right_exercise(at_desk: Path) -> None:
    card = run('check("double")', double=lambda x: 2 * x)
    assert str(card) == "✓ double: Doubling 3 gives 6."
    assert "✓ double" in card._repr_html_()


def test_a_wrong_exercise_says_why(at_desk: Path) -> None:
    card = run('check("double")', double=lambda x: x)
    assert "✗ double: Doubling 3 gives 6." in str(card)
    assert "got: 3" in str(card)
    assert "expected: 6" in str(card)


def test_without_a_name_everything_is_checked(at_desk: Path) -> None:
    card = run("check()", double=lambda x: 2 * x)
    outcomes = {r.exercise: r.outcome for r in card.results}
    assert outcomes == {
        "double": Outcome.passed,
        "quadruple": Outcome.failed,
        "integrate": Outcome.failed,
        "Scale": Outcome.failed,
    }


def test_an_edited_file_of_checks_is_read_anew(at_desk: Path) -> None:
    run('check("double")', double=lambda x: 2 * x)
    text = (at_desk / "checks.py").read_text()
    (at_desk / "checks.py").write_text(text.replace("Doubling 3 gives 6", "Twice 3 is 6"))
    assert "Twice 3 is 6" in str(run('check("double")', double=lambda x: 2 * x))


def test_what_a_student_returns_is_inert_in_the_card(at_desk: Path) -> None:
    class Evil:
        pass

    Evil.__name__ = "<script>alert(1)</script>"
    card = run('check("double")', double=lambda x: Evil())
    assert "<script>" not in card._repr_html_()


def test_a_name_that_is_no_exercise(at_desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run('check("dobule")') is None
    assert "Mini has no exercise dobule." in capsys.readouterr().err


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
