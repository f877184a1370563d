"""What people get wrong, and what they are told: where it is, and what to do about it."""

import shutil
from pathlib import Path

import click
import pytest

from grader.certify.subjects import subjects
from grader.cli import COMMANDS, cli, main
from grader.errors import CourseError
from grader.model import Course
from grader.processes.naming import StandIns, load_catalogue

Said = pytest.CaptureFixture[str]


@pytest.fixture
def mine(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a copy of the test course with one assignment, that may be spoiled."""
    copy = tmp_path / "course"
    for part in ("solutions", "assignments"):
        shutil.copytree(course.root / part / "01_mini", copy / part / "01_mini")
    shutil.copytree(course.root / "data", copy / "data")
    shutil.copy(course.root / "course.toml", copy)
    monkeypatch.chdir(copy)
    return copy


def told(words: str, said: Said, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Return the exit code of a command, and what it said."""
    monkeypatch.setattr("sys.argv", ["grader", *words.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, said.readouterr().err  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("points=1 title", "points= title"), 'exercise="double" points='),
        (("points=1 title", "points=0 title"), "double needs a positive number of points"),
        (("points=1 title", 'points="one" title'), "the header of double"),
        (("points=1 title", "title"), "missing required field `points` - at the header of double"),
        (("points=1 title", "points=1 tilte"), None),
        (('exercise="double"', 'exercise="my double"'), "solution.py: 'my double' cannot be"),
        (('# title = "Mini"', "# title = "), "solution.py: the settings in the first cell"),
        (('# title = "Mini"', '# titel = "Mini"'), "titel"),
        (("numbers.npy", "other.npy"), "other.npy is missing: put it there"),
        (("numbers.npy", "../course.toml"), "'../course.toml' in data is no name of a file"),
        (("# cell_seconds", "# cell_minutes"), "a limit is a number above 0 for cell_seconds"),
        (("- 1: names", "- 2: names"), "question a"),
    ],
)
def test_a_solution_that_is_not_well_formed(
    change: tuple[str, str], says: str | None, mine: Path, capsys: Said,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    file = mine / "solutions" / "01_mini" / "solution.py"
    text = file.read_text()
    assert change[0] in text
    file.write_text(text.replace(*change, 1).replace("check_seconds = 4", "check_seconds = 5"))
    before = (mine / "assignments" / "01_mini" / "assignment.toml").read_bytes()
    if says is None:
        # A key of the author's own is his business.
        monkeypatch.setattr("sys.argv", ["grader", "release"])
        main()
        return
    code, said = told("release", capsys, monkeypatch)
    assert code == 1
    assert str(file.parent) in said
    assert says in said
    assert (mine / "assignments" / "01_mini" / "assignment.toml").read_bytes() == before


@pytest.mark.parametrize("name", ["checks.py", "public_checks.py"])
def test_a_solution_without_its_checks(
    name: str, mine: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    (mine / "solutions" / "01_mini" / name).unlink()
    code, said = told("release", capsys, monkeypatch)
    assert code == 1
    assert f"{name}: cannot be read" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("release --out /proc/x", "/proc/x cannot be read or written to"),
        ("release --staff /proc/x", "/proc/x cannot be read or written to"),
        ("demo", "There is no"),
        ("certify --json .", ". cannot be written to (Is a directory)"),
        ("certify --page /nowhere/x.md", "Name another file with --page"),
        ("grade . --json /nowhere/x.json", "Name another file with --json"),
        ("grade . --junit assignments", "Name another file with --junit"),
        ("grade data", "No notebook (.ipynb) was found in data"),
        ("certify 02_x", "The course has no assignment 02_x; it has: 01_mini"),
        ("ci-init gradescope --out /proc/x.zip", "/proc/x.zip cannot be"),
    ],
)
def test_what_cannot_be_done_is_said_before_the_work(
    words: str, says: str, mine: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = told(words, capsys, monkeypatch)
    assert code == 2
    assert says in said


@pytest.mark.parametrize(
    "words", ["certify", "certify 01_mini", "grade data", "ci-init github", "ci-run github x"]
)
def test_nothing_released_yet(
    words: str, mine: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(mine / "assignments")
    code, said = told(words, capsys, monkeypatch)
    assert code == 2
    assert "run `grader release` first" in said


def test_a_release_that_is_torn(mine: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    (mine / "assignments" / "01_mini" / "checks.py").unlink()
    code, said = told("grade data", capsys, monkeypatch)
    assert code == 1
    assert "01_mini: has no checks.py: run `grader release` again" in said


@pytest.mark.parametrize(
    ("file", "change", "says"),
    [
        ("variants/double.py", ('exercise="double"', 'exercise="duoble"'), "which is no exercise"),
        ("variants/double.py", ('exercise="double"', ""), "its header needs exercise"),
        ("variants/double.py", ("variant=", "varient="), "its header needs variant"),
        ("mistakes/double.py", ('exercise="double"', 'exercise="duoble"'), "which is no exercise"),
        ("mistakes/double.py", ("title=", "titel="), "missing required field `title`"),
        ("certificate.toml", ("floor", "flor"), "unknown field `flor`"),
    ],
)
def test_a_catalogue_that_is_not_well_formed(
    file: str, change: tuple[str, str], says: str, mine: Path
) -> None:
    path = mine / "solutions" / "01_mini" / file
    assert change[0] in path.read_text()
    path.write_text(path.read_text().replace(*change, 1))
    with pytest.raises(CourseError) as told:
        subjects(path.parents[len(Path(file).parts) - 1])
    assert says in str(told.value)
    assert "01_mini" in str(told.value)


def test_a_mistake_of_no_exercise_is_told_when_grading(mine: Path) -> None:
    hidden = mine / "solutions" / "01_mini"
    path = hidden / "mistakes" / "double.py"
    assert load_catalogue(hidden, {}, lambda _: StandIns())["double"].mistakes
    path.write_text(path.read_text().replace('exercise="double"', 'exercise="duoble"', 1))
    with pytest.raises(CourseError, match="duoble, which is no exercise"):
        load_catalogue(hidden, {}, lambda _: StandIns())


def test_a_check_of_no_exercise(mine: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    path = mine / "solutions" / "01_mini" / "checks.py"
    path.write_text(path.read_text().replace('@check("quadruple")', '@check("quatruple")'))
    code, said = told("certify --quick --jobs 1", capsys, monkeypatch)
    assert code == 1
    assert "check_values is for quatruple, which is no exercise" in said


def test_a_check_of_ours_that_breaks_says_how(
    mine: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = mine / "solutions" / "01_mini" / "variants" / "double.py"
    checks = mine / "solutions" / "01_mini" / "checks.py"
    start = "    x = np.linspace(0, 1, 7)\n"
    broken = start + "    1 / (submission.double(1.0) - 2.5)\n"
    checks.write_text(checks.read_text().replace(start, broken, 1))
    text = path.read_text()
    path.write_text(
        f"{text}\n\n"
        '\n\n# %% variant="odd" exercise="double"\ndef double(x): return 2.5\n'
        '\n\n# %% variant="none" exercise="double"\nimport nowhere\n'
    )
    monkeypatch.setattr("sys.argv", ["grader", "certify", "--quick", "--jobs", "1"])
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().out
    assert "variant “odd” breaks a check of ours: arrays (ZeroDivisionError" in said
    assert "variant “none” loses points" in said
    assert "it stops with ModuleNotFoundError: No module named 'nowhere'" in said


def test_an_error_that_is_ours_is_not_called_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise OSError("something of ours")

    monkeypatch.setattr("grader.cli.cli", broken)
    with pytest.raises(OSError, match="something of ours"):
        main()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    context = click.Context(cli)
    command = cli.get_command(context, name)
    assert command is not None
    text = command.get_help(click.Context(command, info_name=name))
    assert "Example" in text
    assert f"grader {name}" in text
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]} has no help"
