"""LTI score objects, by the rules of Canvas; and nbgrader's table."""

import csv
import io
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.exports.lti import to_lti
from grader.exports.nbgrader import to_nbgrader
from grader.model import Origin, Person
from tests.exports.class_of import REFUSED, graded, the_class

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 3, 1, 13, 30, tzinfo=timezone(timedelta(hours=1)))
LEARNER = ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]
MEMBERS = json.dumps(
    {
        "id": "https://example.org/members",
        "members": [
            {"user_id": "u-1", "name": "Ada Lovelace", "email": "ada@x.org", "roles": LEARNER},
            {"user_id": "u-2", "given_name": "Bob", "family_name": "=1", "roles": LEARNER},
            {"user_id": "u-3", "name": "Ada Lovelace", "roles": ["…#Instructor"]},
            {"user_id": "u-4", "name": "Nobody", "status": "Active"},
        ],
    }
).encode()
CLASS = [
    graded("a", 12, Person("?", email="ada@x.org"), site="gradescope"),
    graded(
        "b", 4, members=("Bob =1",), questions=(), origin=Origin("", (), "2026-02-28T09:00:00Z")
    ),
]


def test_golden() -> None:
    filled = to_lti(MEMBERS, CLASS, NOW)
    assert filled.data == (GOLDEN / "lti.json").read_bytes()
    assert filled.problems == ("Nobody has no hand-in: left as it is.",)


def test_scores_count_only_when_they_are_final() -> None:
    first, second = json.loads(to_lti(MEMBERS, CLASS, NOW).data)
    assert (first["userId"], first["gradingProgress"]) == ("u-1", "PendingManual")
    assert (first["scoreGiven"], first["scoreMaximum"]) == (12, 20)
    assert (second["userId"], second["gradingProgress"]) == ("u-2", "FullyGraded")
    assert second["timestamp"] == "2026-03-01T12:30:00.000Z"
    assert second["submission"] == {"submittedAt": "2026-02-28T09:00:00Z"}


def test_another_file_is_a_sentence() -> None:
    with pytest.raises(UsageError, match="names-and-roles"):
        to_lti(b"[]", CLASS, NOW)


def test_nbgrader_golden() -> None:
    text = to_nbgrader([*the_class(), replace(CLASS[0], assignment="06")])
    assert text == (GOLDEN / "nbgrader.csv").read_text(encoding="utf-8")


def test_nbgrader_quotes_names_and_leaves_what_is_missing_empty() -> None:
    rows = list(csv.DictReader(io.StringIO(to_nbgrader(the_class()), newline="")))
    assert {len(row) for row in rows} == {11}
    by_id = {row["student_id"]: row for row in rows}
    assert by_id["102"]["last_name"] == "O'Neil"
    assert by_id["102"]["first_name"] == 'Zoë "Zed"'
    assert by_id["103"]["last_name"].startswith("'=cmd")
    assert by_id["103"]["score"] == "0.0"
    assert by_id["106"]["score"] == by_id["106"]["raw_score"] == ""


def test_nbgrader_has_a_line_for_each_member() -> None:
    group = replace(REFUSED, origin=Origin(), members=("Ada", "Bob"))
    rows = list(csv.DictReader(io.StringIO(to_nbgrader([group]), newline="")))
    assert [row["last_name"] for row in rows] == ["Ada", "Bob"]
