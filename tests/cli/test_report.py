"""`grader report`, as a shell runs it."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli.report import command
from grader.errors import UsageError
from grader.model import CellRun, NotebookRun, Person
from grader.store.gradebook import Gradebook
from tests.classreport.crowd import write_crowd


@pytest.fixture
def results(tmp_path: Path) -> Path:
    write_crowd(tmp_path / "gradebook.sqlite", 12)
    return tmp_path


def run(*arguments: object) -> str:
    done = CliRunner().invoke(command, [*map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_it_writes_a_page_that_only_its_owner_reads(results: Path) -> None:
    assert "report.html written" in run(results)
    page = results / "report.html"
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "How the points are distributed" in page.read_text(encoding="utf-8")


def test_names_of_who_has_not_handed_in(results: Path) -> None:
    listed = results / "names.txt"
    listed.write_bytes(b"\xef\xbb\xbfGiven1 Family1\r\n\r\nNobody  At All\r\nNobody At All\r\n")
    run(results, "--names", listed)
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "1 of 2 names on the list" in page
    assert "Nobody At All" in page


def test_the_roster_says_who_has_not_handed_in(results: Path) -> None:
    with Gradebook(results / "gradebook.sqlite") as book:
        people = [Person("Given1 Family1", account="one"), Person("Nobody At All", account="two")]
        book.roster.take_over("", [(person, "") for person in people], datetime.now(UTC))
    run(results)
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "1 of 2 names on the list" in page
    assert "Nobody At All" in page


def test_what_is_no_folder_of_results_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no gradebook"):
        run(tmp_path)
    Gradebook(tmp_path / "gradebook.sqlite").__exit__()
    with pytest.raises(UsageError, match="no grades yet"):
        run(tmp_path)
    names = tmp_path / "names.bin"
    names.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="UTF-8"):
        run(tmp_path, "--names", names)


def test_times_are_read_without_what_cells_showed(tmp_path: Path) -> None:
    shown = ({"output_type": "stream", "text": "x" * 10},)
    with Gradebook(tmp_path / "gradebook.sqlite") as book:
        kept = NotebookRun((CellRun(4, True, 1.5, shown, "a note"),), notes=("n",))
        book.kept.keep_run(("05_flow", "ada", "content"), "key", kept)
        assert [(c.index, c.seconds) for c in book.kept.times("05_flow", "ada", "key")] == [
            (4, 1.5)
        ]
        assert book.kept.times("05_flow", "ada", "another") == ()
