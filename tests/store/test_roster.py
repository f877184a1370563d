"""The roster in the gradebook: newer lists, past names, teams with their times."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.model import Person
from grader.roster import Membership
from grader.store.gradebook import Gradebook
from grader.store.roster import Roster

NOV = [datetime(2026, 11, day, tzinfo=UTC) for day in range(1, 31)]
ADA = Person("Ada Byron", "1", "", "ada@x.org")
BOB = Person("Bob", "2", "", "bob@x.org")


@pytest.fixture
def roster(tmp_path: Path):
    with Gradebook(tmp_path / "gradebook.sqlite") as book:
        book.roster.take_over("moodle", [(ADA, "red"), (BOB, "red")], NOV[0])
        yield book.roster


def by_name(roster: Roster) -> dict:
    return {student.name: student for student in roster.students()}


def test_what_was_taken_over(roster: Roster) -> None:
    assert by_name(roster)["Ada Byron"].person == ADA
    assert by_name(roster)["Bob"].teams == (Membership("red"),)


def test_the_same_list_again_is_no_news(roster: Roster) -> None:
    before = roster.students()
    news = roster.take_over("moodle", [(BOB, "red"), (ADA, "red")], NOV[3])
    assert (news.joined, news.renamed, news.moved, news.left) == ((), (), (), ())
    assert roster.students() == before


def test_a_new_name_keeps_the_past_one(roster: Roster) -> None:
    married = Person("Ada King", "1", "", "king@x.org")
    news = roster.take_over("moodle", [(married, None), (BOB, None)], NOV[5])
    assert news.renamed == ("Ada Byron → Ada King",)
    ada = by_name(roster)["Ada King"]
    assert ada.other_names == ("Ada Byron",)
    assert ada.answers_to("byron, ada")
    assert ada.person.email == "king@x.org"
    assert ada.teams == (Membership("red"),)


def test_a_change_of_teams_has_a_date(roster: Roster) -> None:
    news = roster.take_over("moodle", [(ADA, "blue"), (BOB, "red")], NOV[9])
    assert news.moved == ("Ada Byron: red → blue",)
    ada = by_name(roster)["Ada Byron"]
    assert [ada.team_at(m) for m in (NOV[8], NOV[9], None)] == ["red", "blue", "blue"]
    roster.take_over("moodle", [(ADA, ""), (BOB, "red")], NOV[20])
    ada = by_name(roster)["Ada Byron"]
    assert [ada.team_at(m) for m in (NOV[8], NOV[9], NOV[20], None)] == ["red", "blue", "", ""]


def test_who_leaves_stays_known_and_may_come_back(roster: Roster) -> None:
    assert roster.take_over("moodle", [(ADA, None)], NOV[2]).left == ("Bob",)
    assert by_name(roster)["Bob"].left
    assert roster.take_over("moodle", [(ADA, None)], NOV[3]).left == ()
    roster.take_over("moodle", [(ADA, None), (BOB, None)], NOV[4])
    assert not by_name(roster)["Bob"].left


def test_another_site_knows_people_by_their_address(roster: Roster) -> None:
    people = [(Person("A. Byron", "77", "s1", "ADA@x.org"), None), (Person("Cy", "1", "s2"), None)]
    news = roster.take_over("canvas", people, NOV[2])
    assert (news.joined, news.renamed) == (("Cy",), ("Ada Byron → A. Byron",))


def test_two_of_one_name_are_two(tmp_path: Path) -> None:
    with Gradebook(tmp_path / "book.sqlite") as book:
        twins = [(Person("Twin", account=n), None) for n in ("a", "b")]
        book.roster.take_over("", twins, NOV[0])
        book.roster.take_over("", [*twins, (Person("Twin", account="c"), None)], NOV[1])
        assert [s.person.account for s in book.roster.students()] == ["a", "b", "c"]


def test_what_was_published_and_what_is_forgotten(roster: Roster) -> None:
    roster.publish("05_flow", "moodle 1", "1/3", NOV[0])
    roster.publish("05_flow", "moodle 1", "2/3", NOV[1])
    assert roster.published() == {"moodle 1": {"05_flow": "2/3"}}
    number = roster.number_of("moodle 1")
    assert number is not None
    roster.forget(number)
    assert list(by_name(roster)) == ["Bob"]
