"""Notes beside lines: on the right line, and no text of a student's acts as a command."""

import base64
import json
from dataclasses import replace

from grader.exports.findings import (
    findings,
    to_classroom,
    to_code_quality,
    to_github,
    to_summary,
)
from tests.exports.class_of import FAILED, graded

NASTY = "100%\r\n::set-env name=x::y\n::error::forged, title=a:b"
ADA = graded("ada", 8)
EVIL = replace(
    ADA, exercises=(replace(ADA.exercises[0], checks=(replace(FAILED, message=NASTY),)),)
)


def test_one_note_for_each_exercise_that_fell_short() -> None:
    [note] = findings(ADA, "05_flow.ipynb", {"f": 12})
    assert (note.line, note.title) == (12, "f: 1 of 2 checks pass")
    assert note.message.startswith("Zero stays zero.\nf(0) is not 0.")
    assert findings(replace(ADA, exercises=()), "x", {}) == []
    [refused] = findings(replace(ADA, refused="It is empty."), "x", {})
    assert (refused.line, refused.title) == (1, "Not graded")


def unescaped(text: str) -> str:
    for code, letter in (("%2C", ","), ("%3A", ":"), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, letter)
    return text


def test_github_reads_one_command_for_each_note() -> None:
    for path in ("05_flow.ipynb", "a,line=1::b\n::error::x.ipynb"):
        text = to_github(findings(EVIL, path, {"f": 12}))
        [line] = text.splitlines()
        head, _, message = line.removeprefix("::error ").partition("::")
        assert line.startswith("::error ")
        read = dict(part.split("=", 1) for part in head.split(","))
        assert unescaped(read["file"]) == path
        assert read["line"] == "12"
        assert (
            unescaped(message)
            == f"Zero stays zero.\n{NASTY}\nHint: Look at the sign.\nFor example: f(0) = 0"
        )
    pending = replace(ADA, exercises=(replace(ADA.exercises[0], pending=True),))
    assert to_github(findings(pending, "x", {})).startswith("::warning ")


def test_gitlab_reads_its_report() -> None:
    [entry] = json.loads(to_code_quality(findings(EVIL, "flow.ipynb", {"f": 12})))
    assert entry["location"] == {"path": "flow.ipynb", "lines": {"begin": 12}}
    assert (entry["check_name"], entry["severity"]) == ("f", "major")
    assert len(entry["fingerprint"]) == 64
    assert NASTY in entry["description"]


def test_classroom_gets_points() -> None:
    result = json.loads(base64.b64decode(to_classroom(ADA, {"f": 12})))
    assert (result["version"], result["status"], result["max_score"]) == (1, "fail", 16)
    [test] = result["tests"]
    assert (test["name"], test["status"], test["score"], test["line_no"]) == ("f", "fail", 8, 12)
    refused = json.loads(base64.b64decode(to_classroom(replace(ADA, refused="Empty."), {})))
    assert (refused["status"], refused["tests"][0]["score"]) == ("error", 0)


def test_the_summary_has_no_words_of_a_student() -> None:
    text = to_summary([EVIL, replace(EVIL, refused="<b>no</b>")], has_hidden=True)
    assert text.startswith("**8 of 16 points**: f 8 of 16; 1 answer to be marked by hand.")
    assert "forged" not in text
    assert "<b>" not in text
