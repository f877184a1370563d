"""A class of four worked out by hand, from its gradebook to the numbers on the page."""

import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest

from grader.classreport import causes, points
from grader.classreport.report import report
from grader.classreport.tally import Tally, missing, tallies
from grader.marking.events import Event, Given, Kind, Register
from grader.marking.given import digest_of
from grader.model import (
    CellRun,
    CheckResult,
    ExerciseGrade,
    Grade,
    Incident,
    NotebookRun,
    Origin,
    Outcome,
    Person,
    QuestionAnswer,
)
from grader.reports.classroom import Figure
from grader.store.gradebook import Gradebook

HOSTILE = "<script>alert(1)</script>\u202e</svg></table>"


def graded(name: str, easy: int, hard: int, *, bonus: int = 0, mistake: str = "") -> Grade:
    """Return a grade with up to 2 points for `easy`, 4 for `hard`, and 1 as a bonus."""
    parts = (("easy", easy, 2), ("hard", hard, 4), ("extra", bonus, 1))
    exercises = tuple(
        ExerciseGrade(
            exercise,
            exercise.title(),
            Fraction(got),
            Fraction(most),
            (_check(exercise, is_right=got == most, mistake=mistake),),
            bonus=exercise == "extra",
        )
        for exercise, got, most in parts
    )
    return Grade(name, "05_flow", (f"{name.title()} Surname",), exercises=exercises, run="run")


def _check(exercise: str, *, is_right: bool, mistake: str = "") -> CheckResult:
    seconds = {"easy": 0.25, "hard": 2.0, "extra": 0.5}[exercise]
    named = mistake if exercise == "hard" and not is_right else ""
    outcome = Outcome.passed if is_right else Outcome.failed
    return CheckResult(
        f"{exercise}_holds", exercise, exercise == "easy", True, outcome, "It holds.",
        seconds=seconds, mistake=named,
    )  # fmt: skip


THE_CLASS = [
    graded("ada", 2, 4, bonus=1),
    graded("bob", 2, 2, mistake="mirrored"),
    graded("cleo", 0, 2, mistake="mirrored"),
    graded("dan", 0, 0),
    Grade("eve", "05_flow", refused="The file is empty."),
]


@pytest.fixture
def book(tmp_path: Path) -> Gradebook:
    with Gradebook(tmp_path / "gradebook.sqlite") as opened:
        for grade in THE_CLASS:
            opened.record(grade)
        cells = (CellRun(0, True, 0.5), CellRun(1, False, 3.0, ({"output_type": "error"},)))
        opened.kept.keep_run(("05_flow", "bob", "content"), "run", NotebookRun(cells))
        yield opened


@pytest.fixture
def tally(book: Gradebook) -> Tally:
    return tallies(book)[0]


def cells(figure: Figure) -> list[tuple[str, ...]]:
    return [row.cells for row in figure.rows]


def behind(figure: Figure) -> list[list[str]]:
    return [[link.name for link in row.links] for row in figure.rows]


def test_points_fall_into_the_right_bins(tally: Tally) -> None:
    """Totals 7 of 6 (with the bonus), 4, 2 and 0: bins of 0.6 points."""
    figure = points.distribution(tally, "x")
    found = {row.cells[0]: [link.name for link in row.links] for row in figure.rows if row.links}
    assert found == {"0–0.6": ["dan"], "1.8–2.4": ["cleo"], "3.6–4.2": ["bob"], "5.4–6": ["ada"]}
    assert "Half of them have 3 or less; the middle half lies between 1.5 and 4.75." in figure.says
    assert figure.small.startswith("With 4 hand-ins")


def test_points_lost_are_means_over_who_could_be_graded(tally: Tally) -> None:
    figure = points.lost(tally, "x")
    assert cells(figure) == [
        ("easy", "1.00", "2", "50%", "2", "2"),
        ("hard", "2.00", "4", "50%", "3", "1"),
        ("extra", "0.75", "1", "75%", "3", "3"),
    ]
    assert behind(figure) == [["cleo", "dan"], ["dan"], ["bob", "cleo", "dan"]]


def test_items_are_correlated_with_the_rest_without_bonuses(tally: Tally) -> None:
    """easy 1, 1, 0, 0 against hard 4, 2, 2, 0: r = 1/√2. Everything but a bonus is the rest."""
    found = points.items_of(tally)
    assert found["easy"].difficulty == 0.5
    assert found["easy"].discrimination == pytest.approx(0.70711, abs=1e-5)
    # extra 1, 0, 0, 0 against 6, 4, 2, 0.
    assert found["extra"].discrimination == pytest.approx(0.77460, abs=1e-5)


def test_what_waits_is_left_out_of_items_and_losses(tally: Tally) -> None:
    fault = replace(THE_CLASS[0].exercises[0], points=Fraction(0), pending=True)
    waiting = replace(
        THE_CLASS[0], submission="fay", exercises=(fault, *THE_CLASS[0].exercises[1:])
    )
    tally.add(waiting)
    assert points.items_of(tally)["easy"].count == 4
    assert cells(points.lost(tally, "x"))[0] == ("easy", "1.00", "2", "50%", "2", "2")
    assert ("The grader could not decide every check.", "waits", "1") in cells(
        causes.incidents(tally)
    )


def test_misconceptions_count_hand_ins(tally: Tally) -> None:
    figure = causes.misconceptions(tally, "x")
    assert cells(figure) == [("mirrored", "hard", "2", "50%")]
    assert behind(figure) == [["bob", "cleo"]]
    assert (
        "Of 3 hand-ins in which a check did not pass, 2 have a mistake with a name" in figure.says
    )


def test_outcomes_and_checks(tally: Tally) -> None:
    assert cells(causes.outcomes(tally, "x")) == [
        ("easy", "2", "2"), ("hard", "1", "3"), ("extra", "1", "3"),
    ]  # fmt: skip
    assert [row[4:] for row in cells(causes.checks(tally, "x"))] == [
        ("3", "4"), ("3", "4"), ("2", "4"),
    ]  # fmt: skip


def test_crashes_name_who_they_befell(tally: Tally) -> None:
    crashed = replace(_check("easy", is_right=False), outcome=Outcome.crashed)
    exercise = replace(THE_CLASS[3].exercises[0], checks=(crashed,))
    tally.add(replace(THE_CLASS[3], submission="gus", exercises=(exercise,)))
    figure = causes.outcomes(tally, "x")
    assert figure.head == ("exercise", "passed", "failed", "crashed")
    assert cells(figure)[0] == ("easy", "2", "2", "1")
    assert behind(figure)[0] == ["gus"]


def test_times(tally: Tally) -> None:
    slowest = causes.check_times(tally, "x", 10.0)
    assert cells(slowest)[0] == ("hard_holds", "hard", "2", "2", "8")
    assert cells(causes.cell_times(tally, "x", 30.0)) == [("bob", "2", "3", "3.5")]


def test_incidents_and_refusals_are_counted_once_for_each_hand_in(tally: Tally) -> None:
    twice = (Incident("cell 3", "Killed."), Incident("cell 3", "Killed."))
    tally.add(replace(THE_CLASS[0], submission="ida", incidents=twice))
    assert cells(causes.incidents(tally)) == [
        ("The file is empty.", "refused", "1"), ("Killed.", "cell 3", "1"),
    ]  # fmt: skip


def test_who_is_missing(tally: Tally) -> None:
    by_site = Origin("moodle", (Person("Lovelace, Ada", "7"),))
    tally.add(Grade("hand-in 7", "05_flow", origin=by_site))
    names = ["ada  LOVELACE", "Surname, Bob", "Eve Nobody", "dan"]
    assert missing(names, tally) == ["Eve Nobody"]


def test_a_hand_in_that_was_recognised_later_is_counted_once(book: Gradebook) -> None:
    book.record(Grade("bob", "", refused="Which assignment is this?"))
    book.record(Grade("zoe", "", refused="Which assignment is this?"))
    found = {tally.assignment: [h.name for h in tally.hand_ins] for tally in tallies(book)}
    assert found == {"": ["zoe"], "05_flow": ["ada", "bob", "cleo", "dan", "eve"]}


def marked(name: str, points: str) -> Event:
    """Return a finished mark of the question a."""
    register = Register(Kind.mark, "05_flow", "question:a", name)
    given = Given(adjustment=points, done=True, answer=digest_of(f"{name} wrote this."))
    return Event(1, "2026-03-01T12:00:00Z", "vera", register, given)


def test_a_question_counts_once_everybody_is_marked(book: Gradebook) -> None:
    """Half a class with marks would look like two groups."""
    for grade in THE_CLASS[:4]:
        text = f"{grade.submission} wrote this."
        answer = QuestionAnswer("a", "Why?", Fraction(3), text, "answered")
        book.record(replace(grade, questions=(answer,)))
    book.marks.add([marked("ada", "3"), marked("bob", "1"), marked("cleo", "1")])
    before = tallies(book)[0]
    assert before.unmarked == 1
    assert [hand_in.points for hand_in in before.graded] == [7, 4, 2, 0]
    assert "question a" not in {row[0] for row in cells(points.lost(before, "f"))}
    assert "<dt>answers not marked</dt><dd>1</dd>" in report(book, None).replace("\n", "")
    book.marks.add([marked("dan", "0")])
    (after,) = tallies(book)
    assert after.unmarked == 0
    assert [hand_in.points for hand_in in after.graded] == [10, 5, 3, 0]
    lost = {row[0]: row[1:] for row in cells(points.lost(after, "f"))}
    assert lost["question a"] == ("1.75", "3", "58%", "3", "1")
    # Its discrimination is against the points of the exercises: 3, 1, 1, 0 with 6, 4, 2, 0.
    assert round(points.items_of(after)["question a"].discrimination or 0, 3) == 0.923


def test_the_page_is_whole_and_nothing_on_it_acts(book: Gradebook) -> None:
    evil = graded(HOSTILE, 0, 0, mistake=HOSTILE)
    book.record(replace(evil, incidents=(Incident(HOSTILE, HOSTILE),)))
    page = report(book, None, [HOSTILE, "Ada Surname"])
    assert "\u202e" not in page
    assert not re.search(r"<(script|img|iframe|link)", page)
    assert "default-src 'none'" in page
    checker = Balanced()
    checker.feed(page)
    assert not checker.wrong
    assert checker.figures >= 8
    # Every figure has a name for a screen reader, and ids are there once.
    assert len(checker.ids) == len(set(checker.ids))
    assert checker.labels <= set(checker.ids)
    hrefs = re.findall(r'href="([^"]+)"', page)
    pages = {f"feedback/05_flow/{name}.html" for name in ("bob", "dan")}
    assert {h for h in hrefs if not h.startswith("#")} >= pages
    assert all(h.startswith(("#", "feedback/")) for h in hrefs)


class Balanced(HTMLParser):
    """Holds each closing tag against the one that is open, inside figures and tables."""

    KINDS = ("svg", "table", "details", "figure", "text", "title", "desc", "g", "section")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.figures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.ids += [known["id"]] if known.get("id") else []
        self.labels |= set((known.get("aria-labelledby") or "").split())
        self.figures += tag == "figure"
        if tag == "svg" and "class" in known and known["class"] == "chart":
            assert known["role"] == "img"
            assert known["aria-labelledby"]
        if tag in self.KINDS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.KINDS and (not self.open or self.open.pop() != tag):
            self.wrong.append(tag)
