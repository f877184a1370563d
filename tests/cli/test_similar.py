"""`grader similar`, as a shell runs it."""

import json
import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli.similar import command
from grader.errors import UsageError
from grader.model import Grade, HandIn
from grader.store.gradebook import Gradebook
from tests.similarity.stage import ROOT, Stage

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202eevil</pre></details>"


@pytest.fixture
def hand_ins(tmp_path: Path) -> Path:
    """Two copies with hostile names and answers, and somebody else."""
    stage = Stage("05_flow")
    for at, (name, number) in enumerate((("a", 0), ("b", 0), ("c", 1))):
        wrote = {e: programs[number] for e, programs in stage.programs.items()}
        document = stage.hand_in(wrote, (f"{HOSTILE} {at}", ""), f"{HOSTILE} is what I say here.")
        (tmp_path / "hand-ins" / name).mkdir(parents=True)
        (tmp_path / "hand-ins" / name / "05_flow.ipynb").write_text(json.dumps(document))
    return tmp_path / "hand-ins"


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(command, [*map(str, arguments), "--course", str(ROOT)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def test_it_writes_a_page_that_only_its_owner_reads(hand_ins: Path, tmp_path: Path) -> None:
    page = tmp_path / "similar.html"
    page.write_text("an older one, readable by all")
    page.chmod(0o644)
    code, said = run(hand_ins, "--out", page)
    assert code == 0
    assert "05_flow: 3 hand-ins" in said
    assert "a and b" in said
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_nothing_of_a_student_acts(hand_ins: Path, tmp_path: Path) -> None:
    run(hand_ins, "--out", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"<(script|img)", page)
    assert "\u202e" not in page
    assert page.count("<pre") == page.count("</pre>")
    assert "default-src 'none'" in page
    assert "Similarity is a question, not a verdict." in page


def test_an_unreadable_hand_in_is_told_and_gives_exit_code_1(
    hand_ins: Path, tmp_path: Path
) -> None:
    (hand_ins / "torn").mkdir()
    (hand_ins / "torn" / "x.ipynb").write_text("{")
    code, said = run(hand_ins, "--out", tmp_path / "page.html")
    assert code == 1
    assert "! not compared: torn" in said


def test_folders_of_results_and_earlier_years(hand_ins: Path, tmp_path: Path) -> None:
    """The page lies beside the feedback pages and links to them; last year has no links."""
    graded = tmp_path / "graded"
    graded.mkdir()
    with Gradebook(graded / "gradebook.sqlite") as book:
        for name, refused in (("a", "There is no PDF."), ("c", "")):
            hand_in = HandIn((hand_ins / name / "05_flow.ipynb").read_bytes())
            book.kept.keep_hand_in(hand_in)
            book.record(Grade(name, "05_flow", digest=hand_in.digest, refused=refused))
        book.record(Grade("gone", "05_flow", refused="The file is empty."))
    code, said = run(graded, "--with", hand_ins / "b")
    assert code == 1
    assert "! not compared: gone: The file is empty." in said
    assert re.search(rf"a and \w+ in {re.escape(str(hand_ins / 'b'))}", said)
    page = (graded / "similar.html").read_text(encoding="utf-8")
    links = set(re.findall(r'href="([^#"]+)"', page))
    assert links == {"feedback/05_flow/a.html", "feedback/05_flow/c.html"}


def test_nothing_to_compare_is_told(tmp_path: Path) -> None:
    with Gradebook(tmp_path / "gradebook.sqlite"):
        pass
    with pytest.raises(UsageError, match="No hand-ins to compare"):
        run(tmp_path)
