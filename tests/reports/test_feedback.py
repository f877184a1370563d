"""The feedback page: what a student reads, and what must never stand there."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from grader.model import CheckResult, ExerciseGrade, Grade, Incident, Outcome, QuestionAnswer
from grader.reports.feedback import ReportCell, feedback_page
from grader.reports.summary import read_message, state_of

POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'"
)


def page(grade: Grade | None = None, *cells: ReportCell, title: str = "Flow") -> str:
    return feedback_page(grade or Grade("s", "05_flow"), title, cells)


def check(outcome=Outcome.passed, **rest) -> CheckResult:
    return replace(CheckResult("c", "f", False, True, outcome, "It grows."), **rest)


def exercise(*checks: CheckResult, points="0", maximum="2", **rest) -> ExerciseGrade:
    return ExerciseGrade("f", "A title", Fraction(points), Fraction(maximum), checks, **rest)


def exercise_page(*checks: CheckResult, **rest) -> str:
    return page(Grade("s", "05_flow", exercises=(exercise(*checks, **rest),)))


def text_of(read, html: str) -> str:
    return " ".join(" ".join(read(html).words).split())


def test_the_page_is_whole_and_forbids_everything(sample, read):
    reader = read(page(sample.grade(), *sample.cells()))
    policies = [t.attributes for t in reader.tags if "http-equiv" in t.attributes]
    assert policies == [{"http-equiv": "Content-Security-Policy", "content": POLICY}]
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & {
        tag.name for tag in reader.tags
    }
    sources = [t.attributes["src"] for t in reader.tags if "src" in t.attributes]
    assert len(sources) == 7
    assert all(source.startswith("data:image/png;base64,") for source in sources)


def test_the_head_names_the_work_and_the_points(sample, read):
    text = text_of(read, page(sample.grade(), title=sample.TITLE))
    assert "Flow-based modelling in one dimension Ada Lovelace , Grace Hopper" in text
    assert "3.25 / 13 automatic 4 points more wait for marking by hand." in text
    assert "1 exercise waits for a person" in text
    assert "Graded on cpu; isolation: full (namespaces, Landlock, seccomp); 2.3 s." in text


def test_a_hand_in_without_names_is_called_by_its_file():
    assert '<p class="members"><bdi>s</bdi></p>' in page()


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (Outcome.failed, "Failed:"),
        (Outcome.timed_out, "Ran out of time:"),
        (Outcome.crashed, "Crashed:"),
        (Outcome.not_run, "Not run:"),
        (Outcome.grader_fault, "Waiting for a person:"),
    ],
)
def test_each_outcome_has_a_word_and_an_icon(outcome, word):
    html = exercise_page(check(outcome))
    assert f'<use href="#icon-{outcome}"/></svg><span class="word">{word}</span> It grows.' in html
    assert f'<symbol id="icon-{outcome}"' in html


def test_a_failure_teaches(read):
    html = exercise_page(
        check(
            Outcome.failed,
            message="It fell.\nTwice.\nwith: f([1,\n 2])\ngot: <3>\nexpected: 4",
            mistake="mirrored map",
            hint="Use `<` here.",
            detail="a secret",
        )
    )
    assert '<p class="message">It fell.\nTwice.</p>' in html
    assert "<dt>with</dt><dd><code>f([1,\n 2])</code></dd>" in html
    assert "<dt>got</dt><dd><code>&lt;3&gt;</code></dd>" in html
    assert "<dt>expected</dt><dd><code>4</code></dd>" in html
    assert "<strong>mirrored map</strong>" in html
    assert "<p>Use <code>&lt;</code> here.</p>" in html
    assert '<details class="hint">\n<summary>A likely cause</summary>' in html
    assert "<summary>A hint</summary>" not in html
    assert "a secret" not in html


def test_a_hint_alone_is_called_a_hint():
    html = exercise_page(check(Outcome.failed, hint="Think."))
    assert "<summary>A hint</summary>" in html
    assert "known mistake" not in html


def test_a_passed_check_gives_no_hint_and_may_leave_a_note():
    html = exercise_page(check(hint="Think.", message="45 parameters"))
    assert "Think." not in html
    assert "45 parameters" in html


def test_a_message_that_repeats_the_statement_is_not_repeated():
    assert exercise_page(check(Outcome.failed, message="It grows.\ngot: 1")).count("It grows.") == 1


def test_an_exercise_with_all_checks_passed_is_folded(read):
    html = exercise_page(check(), check(), points="2")
    folded = html[html.index('class="exercise passed"') :]
    places = [folded.index(text) for text in ("<details>", "2 of 2 checks passed", "It grows")]
    assert places == sorted(places)
    assert "<details>" not in exercise_page(check(), check(Outcome.failed), points="1")


def test_points_that_a_failed_core_check_cost_are_explained():
    extra = check(core=False, weight=Fraction(1), max_points=Fraction(1))
    assert "only when all its core checks pass." in exercise_page(check(Outcome.failed), extra)
    assert '<span class="tag">0 / 1 point</span>' in exercise_page(check(Outcome.failed), extra)
    assert "only when all its checks pass." in exercise_page(check(Outcome.failed), check())
    assert "earns points" not in exercise_page(check(Outcome.failed))
    assert "earns points" not in exercise_page(check(Outcome.failed), extra, points="1")


def test_a_core_check_shows_no_points_of_its_own():
    """Its share of the exercise is arithmetic, not something that can be earned alone."""
    assert '<span class="tag">' not in exercise_page(check(max_points=Fraction(1, 8)))


def test_a_cause_that_many_checks_share_is_named_once():
    failed = check(Outcome.failed, mistake="mirrored map", hint="Keep the order.")
    html = exercise_page(failed, replace(failed, name="d"), replace(failed, mistake="other"))
    assert html.count("mirrored map") == html.count("<strong>other</strong>") == 1


def test_a_title_that_is_the_name_is_not_repeated():
    html = page(Grade("s", "05_flow", exercises=(replace(exercise(check()), title="f"),)))
    assert "<bdi>f</bdi>" not in html


def test_a_pending_exercise_is_not_called_failed():
    html = exercise_page(check(), check(Outcome.grader_fault), pending=True)
    assert "That is no fault of yours and costs you nothing" in html
    assert '<span class="score"><b>–</b>' in html
    assert "waiting for a person" in html
    assert 'class="exercise waiting"' in html


def test_notes_are_shown():
    assert '<p class="note">With <code>f</code>.</p>' in exercise_page(check(), note="With `f`.")
    assert '<p class="note">Stopped.</p>' in page(None, ReportCell("code", "x", 1, (), "Stopped."))


def test_incidents_are_for_staff():
    html = page(Grade("s", "05_flow", incidents=(Incident("here", "opened a socket"),)))
    assert "socket" not in html


@pytest.mark.parametrize(
    ("status", "phrase"),
    [("answered", "answered"), ("blank", "left blank"), ("missing", "not found in the notebook")],
)
def test_questions_say_what_arrived(status, phrase, read):
    text = "because $x$" if status == "answered" else ""
    question = QuestionAnswer("a", "Why", Fraction(2), text, status)
    html = page(Grade("s", "05_flow", questions=(question,)))
    assert text_of(read, html).count(f"{phrase}, marked by hand") == 2
    assert "up to 2 points" in html
    assert ("<mi>x</mi>" in html) == (status == "answered")


def test_a_refused_hand_in_says_what_happened_and_what_to_do(sample, read):
    html = page(sample.refused())
    text = text_of(read, html)
    assert "This hand-in could not be graded The file 05_flow.ipynb is not a notebook" in text
    assert "grader doctor" in text
    assert "0 / 0" not in text
    assert 'id="summary"' not in html


def test_headings_are_in_order(sample, read):
    reader = read(page(sample.grade(), *sample.cells()))
    levels = [int(tag.name[1]) for tag in reader.tags if tag.name in {"h1", "h2", "h3", "h4", "h5"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_links_within_the_page_lead_somewhere(sample, read):
    tags = read(page(sample.grade(), *sample.cells())).tags
    names = [tag.attributes["id"] for tag in tags if "id" in tag.attributes]
    assert len(names) == len(set(names))
    targets = {tag.attributes.get("href", "") for tag in tags if tag.name in {"a", "use"}}
    assert {target[1:] for target in targets if target.startswith("#")} <= set(names)


@pytest.mark.parametrize("number", range(34))
def test_no_field_can_carry_markup_in(hostile, read, number):
    """Every text of a grade and of its notebook is a payload; the page's own tags are all."""
    text = hostile.payloads(9)[number]
    harmless = read(page(hostile.grade(9, "x"), *hostile.cells(9, "x"), title="x"))
    html = page(hostile.grade(9, text), *hostile.cells(9, text), title=text)
    reader = read(html)
    assert not any(c in html for c in "\x00\x1b\x07\u202e\u2066\ud800")
    known = {tag.name for tag in harmless.tags} | {"div", "b", "a", "img", "table", "tbody", "br"}
    maths = {"math", "mrow", "mi", "mo", "mn", "mtext", "mspace", "msup", "h4", "em", "li", "ul"}
    assert {tag.name for tag in reader.tags} <= known | maths
    for tag in reader.tags:
        assert not any(name.startswith("on") or name == "srcdoc" for name in tag.attributes)
        assert tag.attributes.get("src", "data:image/").startswith("data:image/")
        assert tag.attributes.get("href", "#").startswith(("#", "http", "mailto:"))
        assert "url(" not in tag.attributes.get("style", "")


def test_templates_are_not_applied_to_content(hostile):
    assert str(7 * 191) not in page(hostile.grade(9, "{{ 7 * 191 }}"), title="{{ 7 * 191 }}")


def test_a_page_can_always_be_written(hostile):
    page(hostile.grade(9, "\ud800"), *hostile.cells(9, "\ud800"), title="\ud800").encode()


def test_a_notebook_of_ten_thousand_cells_is_cut():
    html = page(None, *[ReportCell("code", "x", None)] * 10_000)
    assert "9000 further cells are not shown." in html
    assert len(html) < 1_000_000


def test_a_source_is_shown_as_it_is():
    assert "&lt;b&gt;" in page(None, ReportCell("code", "<b>" * 10_000, 1))
    assert '<span class="number">[ ]</span>' in page(None, ReportCell("code", "x", None))
    assert '<span class="number">[0]</span>' in page(None, ReportCell("code", "x", 0))


def test_the_message_is_taken_apart():
    assert read_message("a\nb\ngot: 1\n 2\nat:3") == ("a\nb", (("got", "1\n 2"), ("at", "3")))
    assert read_message("expected: 1") == ("", (("expected", "1"),))
    assert read_message("") == ("", ())


@pytest.mark.parametrize(
    ("outcomes", "points", "state"),
    [
        (["passed", "passed"], "2", "passed"),
        (["passed", "failed"], "1", "partly"),
        (["passed", "failed"], "0", "failed"),
        (["not_run", "not_run"], "0", "not_run"),
        ([], "0", "not_run"),
        (["failed", "grader_fault"], "0", "waiting"),
    ],
)
def test_the_state_of_an_exercise(outcomes, points, state):
    assert state_of(exercise(*[check(Outcome(o)) for o in outcomes], points=points)) == state


def test_a_bonus_is_called_one(read):
    grade = Grade(
        "s",
        "05_flow",
        exercises=(exercise(check(), points="2"), exercise(check(), points="1", bonus=True)),
        questions=(QuestionAnswer("d", "Why", Fraction(4), "", "blank", bonus=True),),
    )
    text = text_of(read, page(grade))
    assert "3 / 2 automatic" in text
    # In the summary and where it stands in full, for the exercise and the question.
    assert text.count("bonus") == 4
