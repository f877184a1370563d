"""From a gradebook with a roster, marks by hand and a policy to the marks of a class."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from grader.classlist import owners
from grader.classmarks import class_marks, open_books
from grader.errors import UsageError
from grader.model import Course, ExerciseGrade, Grade, Mark, Origin, Person, QuestionAnswer
from grader.roster import Membership, Student
from grader.store.gradebook import Gradebook

NOV = {day: datetime(2026, 11, day, 12, tzinfo=UTC) for day in range(1, 31)}
END = datetime(2027, 3, 1, tzinfo=UTC)
ADA, BOB, CY = (
    Student(Person(name, account=name[:1].lower() * 2)) for name in ("Ada Lovelace", "Bob", "Cy")
)


def graded(name: str, *people: Person, day: int = 10, points: int = 4, **more: object) -> Grade:
    """Return a grade of the small assignment, whose maximum is 5.5 points with a question."""
    exercise = ExerciseGrade("double", "", Fraction(points), Fraction(4), ())
    origin = Origin("moodle", people, NOV[day].isoformat())
    grade = Grade(name, "01_mini", exercises=(exercise,), origin=origin)
    return replace(grade, **more)  # type: ignore[arg-type]


def names_of(roster: list[Student], *grades: Grade) -> tuple[dict[str, list[str]], list[str]]:
    found = owners(roster, grades)
    return {g.submission: [s.name for s in found.of_grade(g)] for g in grades}, found.problems


def test_what_the_site_says_and_what_a_notebook_says() -> None:
    told, problems = names_of(
        [ADA, BOB, CY],
        graded("one", ADA.person, members=("ada  LOVELACE", "Bob", "Nobody")),
        graded("two", Person("Cy", account="cc"), members=("Cy", "Ada Lovelace")),
    )
    assert told == {"one": ["Ada Lovelace", "Bob"], "two": ["Cy"]}
    assert problems == [
        "Nobody, named in one, is nobody on the roster.",
        "Ada Lovelace is also named in two: not counted for them, who have a hand-in of their own.",
    ]


def test_who_is_not_on_the_roster_is_told_and_nobody_else_gets_it() -> None:
    stranger = Person("Bob", account="other")
    told, problems = names_of([ADA, BOB], graded("x", stranger))
    assert told == {"x": []}
    assert problems == ["Bob, who handed in x, is not on the roster."]


def test_without_a_roster_the_class_is_who_handed_in() -> None:
    told, problems = names_of(
        [],
        graded("a", Person("Ada", "1")),
        graded("b", Person("Bob", "2"), members=("Bob", "Cy")),
        graded("c", origin=Origin()),
    )
    assert told == {"a": ["Ada"], "b": ["Bob", "Cy"], "c": ["c"]}
    assert problems == []


def test_a_past_name_still_counts() -> None:
    renamed = replace(ADA, person=replace(ADA.person, name="Ada King"), other_names=("Ada Byron",))
    told, _ = names_of([renamed, BOB], graded("x", BOB.person, members=("Bob", "Byron, Ada")))
    assert told == {"x": ["Ada King", "Bob"]}


def test_the_team_at_the_time_of_the_hand_in_counts() -> None:
    mover = replace(
        BOB,
        teams=(Membership("red", None, NOV[10]), Membership("blue", NOV[10])),
    )
    red = replace(ADA, teams=(Membership("red"),))
    blue = replace(CY, teams=(Membership("blue"),))
    before, after = graded("before", red.person, day=9), graded("after", red.person, day=10)
    told, _ = names_of([red, mover, blue], before, after)
    assert told == {"before": ["Ada Lovelace", "Bob"], "after": ["Ada Lovelace"]}
    told, _ = names_of([red, mover, blue], graded("moved since", mover.person, day=9))
    assert told == {"moved since": ["Ada Lovelace", "Bob"]}
    told, problems = names_of(
        [red, mover, blue], graded("late", red.person, day=11, members=("Ada Lovelace", "Bob"))
    )
    assert told == {"late": ["Ada Lovelace"]}
    assert problems == ["Bob is named in late, which is of another team: not counted."]


def test_two_of_one_name_are_never_mixed_up() -> None:
    twins = [Student(Person("Twin", account=n)) for n in ("t1", "t2")]
    told, problems = names_of(twins, graded("x", members=("Twin",), origin=Origin()))
    assert told == {"x": []}
    assert problems == ["Twin, named in x, is several people on the roster."]


def test_of_two_of_one_name_the_site_has_said_which() -> None:
    twins = [Student(Person("Twin", number), "moodle") for number in ("1", "2")]
    alone = graded("x", twins[0].person, members=("Twin",))
    told, problems = names_of(twins, alone)
    assert (told, problems) == ({"x": ["Twin"]}, [])
    _, problems = names_of(twins, replace(alone, members=("Twin", "Twin")))
    assert problems == ["Twin, named in x, is several people on the roster."]


def test_canvas_alone_names_nobody() -> None:
    origin = Origin("canvas", (Person("lovelaceada", "1"),))
    grade = graded("lovelaceada_1", members=("Ada Lovelace",), origin=origin)
    _, problems = names_of([], grade)
    assert ["grader roster" in problem for problem in problems] == [True]
    _, problems = names_of([Student(Person("Ada Lovelace", "1"), "canvas")], grade)
    assert problems == []


POLICY = """
title = "Mini"
[late]
penalty = { take = 0.1 }
bank = 1
[assignments.01_mini]
due = 2026-11-10T12:00:00Z
"""


@pytest.fixture
def home(course: Course, tmp_path: Path) -> Course:
    """The small course with a policy."""
    import tomllib

    tables = tomllib.loads(POLICY)
    tables.pop("title")
    return replace(course, root=tmp_path, policies=tables, assignments=course.assignments[:1])


def book_with(folder: Path, *grades: Grade) -> Path:
    folder.mkdir(exist_ok=True)
    with Gradebook(folder / "gradebook.sqlite") as book:
        for grade in grades:
            book.record(grade)
    return folder


def test_from_points_to_marks(home: Course, tmp_path: Path) -> None:
    folder = book_with(
        tmp_path / "graded",
        graded("a", ADA.person),
        graded("b", BOB.person, CY.person, day=12, points=2),
    )
    found = class_marks(home, open_books([folder]), END)
    maximum = home.assignments[0].max_points
    marks = {s.name: found.marks[s.key].mark for s in found.students()}
    assert marks["Ada Lovelace"] == 100 * 4 / maximum
    # Two days late, one of them paid for: a tenth of two points less.
    assert marks["Bob"] == marks["Cy"] == 100 * Fraction("1.8") / maximum
    assert found.problems == ()


def test_marks_by_hand_count_and_open_questions_wait(home: Course) -> None:
    from grader.classmarks import entry_of
    from grader.policy.load import load_policy

    asked = QuestionAnswer("a", "", Fraction(3), "Because", "answered")
    policy = load_policy(home)
    waits = entry_of(graded("x", questions=(asked,)), policy)
    assert (waits.earned, waits.waiting) == (4, 3)
    marked = replace(asked, mark=Mark(Fraction(2), Fraction(3)))
    done = entry_of(graded("x", questions=(marked,)), policy)
    assert (done.earned, done.waiting) == (6, 0)
    blank = replace(asked, status="blank", text="")
    assert entry_of(graded("x", questions=(blank,)), policy).waiting == 0
    refused = graded("x", exercises=(), refused="It is empty.")
    assert entry_of(refused, policy).waiting == home.assignments[0].max_points


def test_extensions_for_people_and_for_teams(home: Course, tmp_path: Path) -> None:
    (tmp_path / "extensions.toml").write_text(
        '[[extensions]]\nwho = ["lovelace, ada"]\nreason = "ill"\ndays = 5\n'
        '[[extensions]]\nwho = ["red"]\nreason = "a broken server"\ndays = 5\n'
        '[[extensions]]\nwho = ["Zoe"]\nreason = "x"\ndays = 5\n'
    )
    folder = book_with(
        tmp_path / "graded",
        *(graded(s.name, s.person, day=14) for s in (ADA, BOB, CY)),
    )
    with Gradebook(folder / "gradebook.sqlite") as book:
        people = [(ADA.person, ""), (BOB.person, "red"), (CY.person, "blue")]
        book.roster.take_over("", people, NOV[1])
    found = class_marks(home, open_books([folder]), END)
    marks = {s.name: found.marks[s.key].assignments[0].points for s in found.students()}
    assert marks == {"Ada Lovelace": 4, "Bob": 4, "Cy": Fraction("2.8")}
    assert found.problems == ("extensions.toml gives Zoe more time (x), who is not in this class.",)


def test_several_gradebooks_and_finding_somebody(home: Course, tmp_path: Path) -> None:
    one = book_with(tmp_path / "one", graded("a", ADA.person))
    two = book_with(tmp_path / "two", graded("b", BOB.person), graded("t", Person("Bob", "7")))
    found = class_marks(home, open_books([one, two]), END)
    for text in ("ada LOVELACE", "aa", "a"):
        assert found.find(text).name == "Ada Lovelace"
    with pytest.raises(UsageError, match=r"Bob may be Bob \(bb\), Bob \(moodle 7\)"):
        found.find("Bob")
    with pytest.raises(UsageError, match="Nobody here is called Zoe"):
        found.find("Zoe")
    with pytest.raises(UsageError, match="holds no gradebook"):
        open_books([tmp_path])
