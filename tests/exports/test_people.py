"""Who gets which grade: the site's word first, then exact names, and nothing by guessing."""

from dataclasses import replace

from grader.exports.people import Row, match
from grader.model import ExerciseGrade, Origin, Person
from grader.roster import known
from tests.exports.class_of import graded

ROWS = [
    Row(1, "Lovelace, Ada", "1", frozenset({"ada@example.org", "100"})),
    Row(2, "Bob Bobson", "2"),
    Row(3, "Twin", "3"),
    Row(4, "Twin", "4"),
]


def placed(*grades):
    matched = match("moodle", ROWS, grades)
    return {at: grade.submission for at, grade in matched.grades.items()}, matched.problems


def test_the_number_of_the_site_decides() -> None:
    told, problems = placed(graded("x", 1, Person("Somebody Else", "1")))
    assert told == {1: "x"}
    assert problems == (
        "Bob Bobson has no hand-in: left as it is.",
        "Twin has no hand-in: left as it is.",
        "Twin has no hand-in: left as it is.",
    )


def test_a_number_of_another_site_does_not() -> None:
    told, problems = placed(graded("x", 1, Person("No Such", "1"), site="canvas"))
    assert told == {}
    assert "No Such, who handed in x, has no line in the table." in problems


def test_a_number_that_is_not_there_is_not_replaced_by_a_name() -> None:
    told, problems = placed(graded("x", 1, Person("Bob Bobson", "77")))
    assert told == {}
    assert "Bob Bobson, who handed in x, has no line in the table." in problems


def test_accounts_and_names_of_other_sites() -> None:
    told, _ = placed(
        graded("a", 1, Person("A.", email="ADA@example.org"), site="gradescope"),
        graded("b", 1, Person("bob  BOBSON"), site="gradescope"),
    )
    assert told == {1: "a", 2: "b"}
    told, _ = placed(graded("a", 1, Person("A.", account="100"), site="gradescope"))
    assert told == {1: "a"}


def test_each_member_of_a_group_gets_the_grade() -> None:
    people = (Person("Ada", "1"), Person("Bob", "2"))
    assert placed(graded("g", 1, *people))[0] == {1: "g", 2: "g"}
    told, problems = placed(graded("g", 1, Person(id="1"), members=("Ada Lovelace", "Bob Bobson")))
    assert told == {1: "g", 2: "g"}
    assert not any("named in" in problem for problem in problems)


def test_names_alone_must_be_exact_and_unique() -> None:
    told, problems = placed(
        graded("g", 1, members=("Ada Lovelace", "Twin", "Bob B."), origin=Origin())
    )
    assert told == {1: "g"}
    assert [p for p in problems if "named in" in p] == [
        f"{name}, named in g, is not the name of exactly one line. Put their grade in by hand."
        for name in ("Twin", "Bob B.")
    ]


def test_a_file_called_after_its_student() -> None:
    assert placed(graded("Bob Bobson", 1, origin=Origin()))[0] == {2: "Bob Bobson"}
    told, problems = placed(graded("flow", 1, origin=Origin()))
    assert told == {}
    assert problems[0].startswith("flow, named in flow, is not the name")


def test_a_name_in_a_notebook_does_not_stand_against_the_site() -> None:
    own, other = graded("own", 9, Person(id="2")), graded("other", 1, Person(id="1"))
    told, problems = placed(own, replace(other, members=("Ada Lovelace", "Bob Bobson")))
    assert told == {1: "other", 2: "own"}
    assert "Bob Bobson is also named in other: not counted for them." in problems


def test_several_hand_ins_are_left_to_a_person() -> None:
    first, second = graded("first", 1, Person(id="2")), graded("second", 9, Person(id="2"))
    told, problems = placed(first, second)
    assert told == {}
    assert "Bob Bobson has several hand-ins (first, second): left as it is." in problems
    same = replace(first, submission="again")
    assert placed(first, same)[0] in ({2: "first"}, {2: "again"})


def test_what_is_no_grade_is_no_zero() -> None:
    refused = graded("r", 0, Person(id="1"), refused="It is empty.")
    fault = graded("p", 0, Person(id="2"))
    pending = [replace(exercise, pending=True) for exercise in fault.exercises]
    told, problems = placed(refused, replace(fault, exercises=tuple(pending)))
    assert told == {}
    assert "Lovelace, Ada (r) could not be graded: left as it is." in problems
    assert "Bob Bobson (p) waits for a person: left as it is." in problems
    assert isinstance(pending[0], ExerciseGrade)


def test_names_are_equal_whatever_their_encoding() -> None:
    assert known("Zoe\u0308  O\u2019Neil") == known("Zoë O\u2019NEIL")
