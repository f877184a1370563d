"""Rosters of course sites and of one's own, and what cannot be read as one."""

import pytest

from grader.errors import UsageError
from grader.exports.rosters import Listed, read_roster
from grader.model import Person
from tests.exports.class_of import NAMES
from tests.exports.test_canvas import gradebook
from tests.exports.test_moodle import LANGUAGES, worksheet


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_moodle(language: str, separator: str) -> None:
    found = read_roster(worksheet(language, separator=separator))
    assert found.site == "moodle"
    assert [listed.person for listed in found.people] == [
        Person(name, str(number), email=f"u{number}@example.org") for number, name in NAMES.items()
    ]
    assert set(LANGUAGES) == {"en", "de", "fr"}


def test_canvas() -> None:
    found = read_roster(gradebook())
    assert found.site == "canvas"
    assert [listed.person for listed in found.people] == [
        Person(name, str(number), f"s{number}") for number, name in NAMES.items()
    ]


def test_gradescope_leaves_out_staff() -> None:
    text = (
        "First Name,Last Name,SID,Email,Role,Sections\n"
        "Ada,Lovelace,17,ada@example.org,Student,A\n"
        "Tea,Assistant,,ta@example.org,TA,\n"
    )
    found = read_roster(text.encode())
    assert found.site == ""
    assert found.people == (Listed(Person("Ada Lovelace", "", "17", "ada@example.org")),)


def test_a_table_of_ones_own_with_teams() -> None:
    text = '﻿Name;E-Mail;Group\n"Müller; K";k@x.org;red\nBob\x07;b@x.org;\n\n;;\n'
    found = read_roster(text.encode(), teams="group")
    assert [(p.person.name, p.person.email, p.team) for p in found.people] == [
        ("Müller; K", "k@x.org", "red"),
        ("Bob", "b@x.org", ""),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Name,Account\n", "lists nobody"),
        ("Mark,Points\nx,1\n", "no column “Name”; there are: “Mark”, “Points”"),
        ("Name,Email\nTwin,\nTwin,\n", "lists Twin twice"),
        ("Name,Account\n,\nx,1\n", None),
    ],
)
def test_what_is_no_roster(text: str, says: str | None) -> None:
    if says is None:
        assert len(read_roster(text.encode()).people) == 1
        return
    with pytest.raises(UsageError, match=says):
        read_roster(text.encode())


def test_a_column_of_teams_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="no column Team; there are: “Name”, “Group”"):
        read_roster(b"Name,Group\nAda,1\n", teams="Team")
