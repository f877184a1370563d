"""Policies in files: what they mean, and what is wrong with them, named by file and field."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from grader.errors import CourseError
from grader.model import Course, Reveal
from grader.policy.load import load_policy
from grader.policy.terms import Base, Extension, Penalty
from grader.settings import load_course

EVERYTHING = """
title = "T"

[marks]
zone = "Europe/Berlin"
out_of = 10
bonus_cap = 0.05
never_lower = true

[[parts]]
name = "homework"
weight = 60
assignments = ["01_mini"]
drop_lowest = 1
bonus_cap = 0.1

[[parts]]
name = "project"
weight = 40
assignments = ["02_last"]

[late]
bank = 5
days = 2
grace = "15 minutes"
closes = "3 days"
penalty = { take = 0.1, per = "hour", of = "maximum", cap = 0.5 }

[assignments.01_mini]
due = 2026-11-20T23:59:00
weight = 1

[assignments.02_last]
due = 2026-12-18T12:00:00-05:00
late = { closes = "12 hours", days = 0 }

[feedback]
now = "property"
later = "everything"
opens = 2027-01-10T00:00:00
"""
MORE = """
[[extensions]]
who = ["Ada Lovelace", "Team 3"]
reason = "ill"
assignments = ["01_mini"]
days = 3

[[extensions]]
who = ["bob@example.org"]
reason = "moved house"
until = 2026-12-01T12:00:00
"""


@pytest.fixture
def root(course: Course, tmp_path: Path) -> Path:
    """A course with two assignments."""
    for name in ("01_mini", "02_last"):
        shutil.copytree(course.root / "assignments" / "01_mini", tmp_path / "assignments" / name)
    (tmp_path / "course.toml").write_text(EVERYTHING)
    (tmp_path / "extensions.toml").write_text(MORE)
    return tmp_path


def test_all_of_it(root: Path) -> None:
    found = load_policy(load_course(root))
    assert (found.out_of, found.bank, found.never_lower) == (10, 5, True)
    assert found.bonus_cap == Fraction(1, 20)
    first, last = found.terms["01_mini"], found.terms["02_last"]
    assert first.due == datetime(2026, 11, 20, 22, 59, tzinfo=UTC)
    assert last.due == datetime(2026, 12, 18, 17, tzinfo=UTC)
    assert (first.weight, last.weight) == (1, last.maximum)
    assert first.late is not None
    assert last.late is not None
    hour = timedelta(hours=1)
    assert first.late.penalty == Penalty(Fraction(1, 10), hour, Base.maximum, Fraction(1, 2))
    assert (first.late.grace, first.late.closes) == (hour / 4, 72 * hour)
    assert last.late == replace(first.late, closes=12 * hour, days=0)
    assert [(p.name, p.weight, p.drop_lowest) for p in found.parts] == [
        ("homework", 60, 1), ("project", 40, 0)
    ]  # fmt: skip
    assert found.extensions == (
        Extension(frozenset({"Ada Lovelace", "Team 3"}), "ill", frozenset({"01_mini"}), days=3),
        Extension(
            frozenset({"bob@example.org"}), "moved house",
            until=datetime(2026, 12, 1, 11, tzinfo=UTC),
        ),
    )  # fmt: skip
    assert (found.feedback.now, found.feedback.later) == (Reveal.property, Reveal.everything)
    assert found.feedback.at == datetime(2027, 1, 9, 23, tzinfo=UTC)


def test_a_course_without_policies_adds_up_points(course: Course) -> None:
    found = load_policy(course)
    assert (found.bank, found.out_of, found.extensions) == (0, 100, ())
    assert all(terms.late is None and terms.due is None for terms in found.terms.values())
    assert found.parts[0].assignments == tuple(found.terms)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("out_of = 10", "out_of = 0", "marks.out_of = 0.0 must be more than 0"),
        ("out_of = 10", 'out_of = "ten"', r"`float`, got `str` - at `\$.marks.out_of`"),
        ("out_of = 10", "outof = 10", "outof"),
        ("out_of = 10", "out_of = nan", "marks.out_of"),
        ("Europe/Berlin", "Europe/Atlantis", "marks.zone: No time zone .*Europe/Atlantis"),
        ("Europe/Berlin", "../../etc/passwd", "marks.zone"),
        ("15 minutes", "a while", "late.grace: “a while” is no span"),
        ('"12 hours"', '"12"', "assignments.02_last.late.closes"),
        ('closes = "12 hours"', "bank = 3", "there is one bank"),
        ("bank = 5", "bank = -1", "late.bank = -1 is not a number from 0"),
        ("take = 0.1", "take = 10", "late.penalty.take = 10.0 is a share"),
        ('per = "hour"', 'per = "week"', r"\$.late.penalty.per"),
        ('["02_last"]', '["02_lost"]', r"parts\[1\].assignments: .* no assignment 02_lost"),
        ('["02_last"]', '["01_mini"]', "01_mini stands in two parts"),
        ("drop_lowest = 1", "drop_lowest = 1\nbest_of = 2", "drop_lowest and best_of"),
        ("drop_lowest = 1", "best_of = 0", r"parts\[0\].best_of"),
        ("weight = 60", "weight = -60", r"parts\[0\].weight"),
        ("[assignments.01_mini]", "[assignments.01_max]", "no assignment 01_max"),
        ('now = "property"', 'now = "nothing"', r"\$.feedback.now"),
        ("[late]", "[[extensions]]\nwho = []\n[late]", "extensions"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(root: Path, old: str, new: str, says: str) -> None:
    assert EVERYTHING.count(old) == 1
    (root / "course.toml").write_text(EVERYTHING.replace(old, new))
    with pytest.raises(CourseError, match=f"course.toml: .*{says}"):
        load_policy(load_course(root))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("days = 3", "", r"extensions\[0\] needs either until or days"),
        ("days = 3", "days = -3", r"extensions\[0\].days"),
        ('reason = "ill"', 'reason = " "', r"extensions\[0\] needs who"),
        ('["01_mini"]', '["1"]', r"extensions\[0\].assignments"),
        ('reason = "moved house"', "", "reason"),
        ("days = 3", "days = ", "extensions.toml"),
    ],
)
def test_what_is_wrong_with_an_extension_is_named(
    root: Path, old: str, new: str, says: str
) -> None:
    assert MORE.count(old) == 1
    (root / "extensions.toml").write_text(MORE.replace(old, new))
    with pytest.raises(CourseError, match=f"extensions.toml: .*{says}|{says}"):
        load_policy(load_course(root))
