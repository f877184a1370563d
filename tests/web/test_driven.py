"""The marking screen in a real browser: keys, two markers, a killed server, hostile text."""

import base64
import json
import re
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader.model import CellRun, Grade
from grader.store.gradebook import Gradebook
from tests.browser import BROWSER
from tests.reports import hostile
from tests.web.driving import ROOT, Server, chromium, serving
from tests.web.graded import Maker, make_class

# What no filter leaves in a student's words; the page's own forms stand beside the answer.
ACTIVE = "main :is(script, iframe, object, embed, form, input, link, style, [onerror], [onload])"
PART = "assignment=05_flow&part=question:a"

pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here"),
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


def number_in(text: str) -> int:
    """Return whose answer it is."""
    found = re.search(r"number (\d+)", text)
    assert found, text
    return int(found[1])


def own_text(number: int, question: str) -> str:
    return f"Answer number {number} to {question}: because $F^{{-1}}$ is monotone."


def test_thirty_answers_by_keyboard(browser: Any, tmp_path: Path) -> None:
    make_class(tmp_path, 30, own_text)
    with serving(tmp_path) as server:
        page = enter(browser, server)
        open_part(page, server)
        given, reloaded = {}, False
        for number in range(30):
            text = page.inner_text(".answer")
            who = number_in(text)
            keys = "1234"[: who % 5]
            for key in keys:
                page.keyboard.press(key)
            if who % 7 == 0:
                page.keyboard.press("c")
                page.keyboard.type(f"Seen, {who}.")
                page.keyboard.press("Escape")
            if number > 10 and keys and not reloaded:
                # Nothing was finished: what the keys did must stand there again all the same.
                reloaded = True
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
    assert "Seen, 14." in (tmp_path / "feedback" / "05_flow" / "student_014.html").read_text(
        "utf-8"
    )
    assert "question a" in (tmp_path / "grades.csv").read_text("utf-8").splitlines()[0]
    lines = (tmp_path / "marks" / "vera.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["marker"] for line in lines} == {"vera"}


def test_a_killed_server_loses_nothing(browser: Any, tmp_path: Path) -> None:
    make_class(tmp_path, 6, own_text)
    with serving(tmp_path) as server:
        page = enter(browser, server)
        open_part(page, server)
        page.keyboard.press("1")
        finish(page)
        page.keyboard.press("2")
        saved(page)
        server.kill()
        # What was acknowledged is there; what is done now waits in the page, which says so.
        assert len(points(tmp_path)) == 1
        page.keyboard.press("3")
        page.keyboard.press("c")
        page.keyboard.type("Written while nobody listened.")
        page.locator("#saved", has_text="NOT SAVED").wait_for()
        text = page.inner_text(".answer")
        server.start()
        saved(page)
        page.keyboard.press("Escape")
        finish(page)
        server.kill()
    who = f"student_{number_in(text):03d}"
    assert points(tmp_path)[who] == 1
    (mark,) = (
        q.mark
        for g in marked(tmp_path)
        if g.submission == who
        for q in g.questions
        if q.name == "a"
    )
    assert mark.comment == "Written while nobody listened."
    assert len(points(tmp_path)) == 2


def test_a_tab_closed_on_an_unsaved_change_asks(browser: Any, tmp_path: Path) -> None:
    """A reload after a change that did not get through brings it back and saves it."""
    make_class(tmp_path, 3, own_text)
    with serving(tmp_path) as server:
        page = enter(browser, server)
        open_part(page, server)
        page.route("**/save", lambda route: route.abort())
        page.keyboard.press("1")
        page.locator("#saved", has_text="NOT SAVED").wait_for()
        asked = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.unroute("**/save")
        page.reload()
        saved(page)
        assert page.locator("[name=item]").first.is_checked()
        assert asked == ["beforeunload"]


def test_two_markers_at_once_and_one_who_decides(browser: Any, tmp_path: Path) -> None:
    make_class(tmp_path, 1, own_text)
    with serving(tmp_path, markers=("vera", "tom")) as server:
        pages = {name: enter(browser, server, name) for name in ("vera", "tom")}
        for page in pages.values():
            # Both have the answer before them before either has said anything.
            open_part(page, server)
        for page, keys in zip(pages.values(), ("12", "123"), strict=True):
            for key in keys:
                page.keyboard.press(key)
            saved(page)
            finish(page)
        assert points(tmp_path) == {}
        vera = pages["vera"]
        vera.goto(f"http://127.0.0.1:{server.port}/")
        vera.get_by_role("link", name="1 differ").click()
        vera.get_by_role("link", name=re.compile("....-....")).click()
        assert "tom: 1.5" in vera.inner_text("section.conflict")
        vera.get_by_role("listitem").filter(has_text="tom").get_by_role("button").click()
        saved(vera)
        finish(vera)
        said = server.stop()
    assert points(tmp_path) == {"student_000": Fraction(3, 2)}
    assert "1 answer marked twice" in said


def test_two_markers_apart_and_a_merge(browser: Any, tmp_path: Path) -> None:
    make_class(tmp_path / "one", 8, own_text)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    for place, marker, keys in (("one", "vera", "1"), ("two", "tom", "12")):
        with serving(tmp_path / place, markers=(marker,), options=("--double", "100%")) as server:
            page = enter(browser, server, marker)
            open_part(page, server)
            for _ in range(8):
                page.keyboard.press("1")
                if number_in(page.inner_text(".answer")) == 3:
                    page.keyboard.press(keys[-1])
                finish(page)
            server.kill()
    files = [tmp_path / "one" / "marks" / "vera.jsonl", tmp_path / "two" / "marks" / "tom.jsonl"]
    books = []
    for order in (files, files[::-1]):
        shutil.copytree(tmp_path / "one", tmp_path / f"merged {len(books)}")
        said = merge(tmp_path / f"merged {len(books)}", *order)
        assert "Question a: Why the inverse CDF works" in said
        # Merged once more nothing is new.
        assert "0 new changes" in merge(tmp_path / f"merged {len(books)}", *order)
        books.append(points(tmp_path / f"merged {len(books)}"))
    assert books[0] == books[1]
    # One of the eight answers was marked differently.
    assert len(books[0]) == 7
    assert said.count("marked differently") == 1
    assert "8 answers marked twice" in said


def merge(folder: Path, *files: Path) -> str:
    """Run `grader mark --merge` and return what it said."""
    command = [sys.executable, "-m", "grader", "mark", str(folder), "--merge", *map(str, files)]
    done = subprocess.run(
        [*command, "--course", str(ROOT)], capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def test_a_second_marker_does_not_see_the_first(browser: Any, tmp_path: Path) -> None:
    make_class(tmp_path, 2, own_text)
    options = ("--double", "100%")
    with serving(tmp_path, markers=("vera", "tom"), options=options) as server:
        vera, tom = (enter(browser, server, name) for name in ("vera", "tom"))
        open_part(vera, server)
        for _ in range(2):
            vera.keyboard.press("1")
            vera.keyboard.press("c")
            vera.keyboard.type("A word of Vera's.")
            vera.keyboard.press("Escape")
            finish(vera)
        open_part(tom, server)
        assert "Two people mark this answer" in tom.inner_text("aside")
        assert "A word of Vera's." not in tom.content()
        assert tom.locator("[name=item]:checked").count() == 0
        tom.keyboard.press("1")
        finish(tom)
        tom.go_back()
        tom.reload()
        # Having finished, the second may know; both gave the same.
        assert "A word of Vera's." in tom.content()


def test_equal_answers_are_marked_together_but_for_one(browser: Any, tmp_path: Path) -> None:
    make_class(tmp_path, 6, lambda number, question: "" if number else "Because.")
    with serving(tmp_path) as server:
        page = enter(browser, server)
        open_part(page, server)
        if "Because." in page.inner_text(".answer"):
            page.keyboard.press("1")
            finish(page)
        assert "There is no answer." in page.inner_text(".answer")
        assert "5 equal answers" in page.inner_text("main")
        with page.expect_navigation():
            page.keyboard.press("g")
        assert "equal answers" not in page.inner_text("main")
        page.keyboard.press("4")
        finish(page)
        if "Because." in page.inner_text(".answer"):
            page.keyboard.press("1")
            finish(page)
        assert "4 equal answers" in page.inner_text("main")
        page.keyboard.press("c")
        page.keyboard.type("No answer.")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        if "Because." in page.inner_text("main"):
            page.keyboard.press("1")
            finish(page)
        assert "6 of 6 are done" in page.inner_text("header")
        server.stop()
    assert sorted(points(tmp_path).values()) == [0, 0, 0, 0, Fraction(1, 2), Fraction(1, 2)]


def test_a_changed_price_a_comment_for_all_and_undo(browser: Any, tmp_path: Path) -> None:
    make_class(tmp_path, 3, own_text)
    with serving(tmp_path) as server:
        page = enter(browser, server)
        open_part(page, server)
        for _ in range(2):
            page.keyboard.press("1")
            finish(page)
        page.keyboard.press("c")
        page.keyboard.type("Name the law of $U$.")
        page.keyboard.press("Escape")
        with page.expect_navigation():
            page.get_by_text("Comments to use again").click()
            page.get_by_role("button", name="Keep the comment above for others").click()
        page.keyboard.press("e")
        editor = page.locator("form.edit").first
        editor.locator("[name=points]").fill("0.75")
        with page.expect_navigation():
            editor.get_by_role("button", name="Save").click()
        page.keyboard.press("1")
        finish(page)
        assert set(points(tmp_path).values()) == {Fraction(3, 4)}
        open_part(page, server)
        page.keyboard.press("Shift+Digit1")
        saved(page)
        assert page.locator("#comment").input_value() == "Name the law of $U$."
        for _ in range(2):
            with page.expect_navigation():
                page.keyboard.press("u")
        # Both steps back: the comment is gone, and so is what was finished before it.
        assert len(points(tmp_path)) == 2 or page.locator("#comment").input_value() == ""
        page.keyboard.press("?")
        assert page.get_by_role("dialog").is_visible()
        page.get_by_label("Single keys do something").uncheck()
        page.get_by_role("button", name="Close").click()
        before = page.locator("[name=item]:checked").count()
        page.keyboard.press("2")
        assert page.locator("[name=item]:checked").count() == before


def test_what_could_not_be_decided_waits_here(browser: Any, tmp_path: Path) -> None:
    make_class(tmp_path, 40, own_text)
    with serving(tmp_path) as server:
        page = enter(browser, server)
        for part, points_given in (("exercise:cdf_y", "0.5"), ("hand_in", "11")):
            open_part(page, server, f"assignment=05_flow&part={part}")
            page.keyboard.press("p")
            page.keyboard.type(points_given)
            page.keyboard.press("Control+Enter")
            page.locator("#saved", has_text="Write the reason").wait_for()
            page.locator("#comment").fill("Looked at by hand.")
            page.keyboard.press("Control+Enter")
            page.wait_for_url("**/list**")
        server.stop()
    grades = {grade.submission: grade for grade in marked(tmp_path)}
    (exercise,) = (e for e in grades["student_024"].exercises if e.name == "cdf_y")
    assert (exercise.points, exercise.pending) == (Fraction(1, 2), False)
    refused = grades["student_039"]
    assert (refused.points, refused.max_points, refused.is_decided) == (11, 22, True)
    page = (tmp_path / "feedback" / "05_flow" / "student_039.html").read_text("utf-8")
    assert "Looked at by hand." in page
    assert "decided by hand" in (tmp_path / "grades.csv").read_text("utf-8")


def test_hostile_answers_are_inert(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing a student writes or shows runs, loads or leads anywhere; it is there to be read."""
    armed = hostile.payloads(9)
    texts = ["\n\n".join(armed[at : at + 6]) for at in range(0, len(armed), 6)]
    texts += [
        "<div><b><table><tr><td>unclosed", "x" * 90_000, "\n".join(["> " * 500 + "deep"] * 20),
        f"![huge](data:image/png;base64,{huge_picture()})", "$" + "{" * 5000 + "$", "```\nunclosed",
    ]  # fmt: skip
    # What the wall lets through is text that can be written.
    sane = [text.encode("utf-8", "replace").decode() for text in armed]
    shown = [hostile.cells(9, text)[4].outputs for text in sane]
    monkeypatch.setattr(
        Maker,
        "_run",
        lambda self, at, number: CellRun(at, True, 0.1, shown[(at + number) % len(shown)]),
    )
    make_class(tmp_path, len(texts), lambda number, question: texts[number])
    with serving(tmp_path) as server:
        page = enter(browser, server)
        asked = set()
        page.on("request", lambda request: asked.add(request.url))
        page.on("dialog", lambda dialog: pytest.fail("a dialog"))
        open_part(page, server)
        for _ in texts:
            assert page.locator("html[data-owned]").count() == 0
            assert "taken" not in page.title()
            assert page.locator(ACTIVE).count() == 0
            assert "\u202e" not in page.content()
            page.keyboard.press("1")
            finish(page)
        assert f"{len(texts)} of {len(texts)} are done" in page.inner_text("header")
    own = f"http://127.0.0.1:{server.port}/"
    assert [url for url in asked if not url.startswith((own, "data:"))] == []
    paths = {url.removeprefix(own).partition("?")[0] for url in asked if url.startswith(own)}
    assert paths == {
        "mark",
        "save",
        "list",
        "static/mark.js",
        "static/mark.css",
        "static/style.css",
    }


def huge_picture() -> str:
    """Return a picture of a few kilobytes that claims forty thousand pixels each way."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0)
    body = zlib.compress(bytes(5001) * 2000, 9)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return base64.b64encode(png).decode()
