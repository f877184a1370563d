"""The marking screen in a real browser: keys, two markers, a killed server, hostile text."""

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader.model import Grade
from grader.store.gradebook import Gradebook
from tests.browser import BROWSER
from tests.web.driving import Server, chromium, serving
from tests.web.graded import make_class

PART = "assignment=05_flow&part=question:a"

pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here"),
    pytest.mark.xdist_group("marking"),
    # Playwright's own loop leaves its pipes to the interpreter.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    pytest.importorskip("playwright", reason="playwright is not installed")
    with chromium() as running:
        yield running


def enter(browser: Any, server: Server, marker: str = "vera", **more: Any) -> Any:
    """Return a page of a marker's own browser, at the overview."""
    page = browser.new_context(**more).new_page()
    page.goto(server.addresses[marker])
    return page


def open_part(page: Any, server: Server, query: str = PART) -> None:
    page.goto(f"http://127.0.0.1:{server.port}/mark?{query}")


def finish(page: Any) -> None:
    """Press Enter and wait until another page is there."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def saved(page: Any) -> None:
    page.locator("#saved", has_text="Saved at").wait_for()


def marked(folder: Path) -> list[Grade]:
    with Gradebook(folder / "gradebook.sqlite") as book:
        return book.marked(book.grades())


def points(folder: Path, question: str = "a") -> dict[str, Fraction]:
    """Return by submission what was given for a question."""
    return {
        grade.submission: answer.mark.points
        for grade in marked(folder)
        for answer in grade.questions
        if answer.name == question and answer.mark is not None and not answer.mark.waits
    }


def own_text(number: int, question: str) -> str:
    return f"Answer number {number} to {question}: because $F^{{-1}}$ is monotone."


def test_thirty_answers_by_keyboard(browser: Any, tmp_path: Path) -> None:
    make_class(tmp_path, 30, own_text)
    with serving(tmp_path) as server:
        page = enter(browser, server)
        open_part(page, server)
        given = {}
        for number in range(30):
            text = page.inner_text(".answer")
            who = int(re.search(r"number (\d+)", text)[1])
            keys = "1234"[: who % 5]
            for key in keys:
                page.keyboard.press(key)
            if who % 7 == 0:
                page.keyboard.press("c")
                page.keyboard.type(f"Seen, {who}.")
                page.keyboard.press("Escape")
            if number == 11:
                # Nothing was finished: what the keys did must stand there again all the same.
                saved(page)
                page.reload()
                assert page.locator("[name=item]:checked").count() == len(keys)
            given[f"student_{who:03d}"] = Fraction(len(keys), 2)
            finish(page)
        assert "30 of 30 are done" in page.inner_text("header")
        said = server.stop()
    assert "Question a: Why the inverse CDF works: 30 of 30 done" in said
    assert points(tmp_path) == given
    comments = {
        g.submission: q.mark.comment for g in marked(tmp_path) for q in g.questions if q.mark
    }
    assert comments["student_014"] == "Seen, 14."
    assert comments["student_015"] == ""
    # What markers do is in the page, the table, and the marker's own file.
    assert "Seen, 14." in (tmp_path / "feedback" / "student_014.html").read_text("utf-8")
    assert "question a" in (tmp_path / "grades.csv").read_text("utf-8").splitlines()[0]
    lines = (tmp_path / "marks" / "vera.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["marker"] for line in lines} == {"vera"}
