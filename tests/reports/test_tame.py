"""What one page holds: bounded in every direction."""

from grader.reports.tame import (
    HTML_LIMIT,
    SPENT,
    TEXT_LIMIT,
    Allowance,
    tame,
    tame_attachments,
    tame_source,
)


def stream(text: str) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def test_a_long_output_is_cut_with_a_sentence():
    (shown,) = tame([stream("x" * (TEXT_LIMIT + 5))], Allowance())
    assert shown["text"].endswith("\n[5 characters more are not shown here]")


def test_of_a_long_traceback_the_end_stays():
    output = {"output_type": "error", "traceback": ["x" * TEXT_LIMIT, "ValueError: here"]}
    (shown,) = tame([output], Allowance())
    assert shown["text"].endswith("ValueError: here")


def test_a_long_table_gives_way_to_its_text():
    data = {"text/html": "<p>" * HTML_LIMIT, "text/plain": "short"}
    (shown,) = tame([{"output_type": "display_data", "data": data}], Allowance())
    assert shown["data"] == {"text/plain": "short"}


def test_a_full_page_says_so_once():
    allowance = Allowance(text=10)
    shown = tame([stream("12345"), stream("12345"), stream("1"), stream("1")], allowance)
    assert [output["text"] for output in shown] == ["12345", "12345", SPENT]
    assert tame_source("x", allowance) == SPENT


def test_pictures_have_an_allowance_of_their_own():
    picture = {"output_type": "display_data", "data": {"image/png": "x" * 60}}
    allowance = Allowance(text=10, pictures=100)
    shown = tame([stream("1"), picture, picture], allowance)
    assert [output["output_type"] for output in shown] == ["stream", "display_data", "notice"]


def test_attachments_count_as_pictures():
    allowance = Allowance(pictures=100)
    picture = {"a.png": {"image/png": "x" * 60}}
    assert tame_attachments(picture, allowance) == picture
    assert tame_attachments(picture, allowance) == {}


def test_damaged_attachments_are_dropped():
    assert tame_attachments(["x"], Allowance()) == {}
    damaged = {"a": 3, "b": {"image/png": 3}}
    assert tame_attachments(damaged, Allowance()) == {"b": {"image/png": ""}}
