"""Classes of the flow assignment: copies, groups, second hand-ins, earlier years, broken files."""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from grader.comparing.compare import Comparison, compare
from grader.comparing.entries import Collection
from grader.comparing.show import page_of
from grader.model import Course, Grade, HandIn, Origin, Person
from grader.settings import load_course
from grader.store.gradebook import Gradebook
from tests.similarity.disguises import DISGUISES
from tests.similarity.stage import ROOT, Stage

NAME = "05_flow"
SAID = (
    "Because $F_X$ is strictly increasing on its support, the preimage of each half line is a half "
    "line, too; its measure is what the quantile function was made for, whatever the law of $X$."
)
Write = Callable[..., Path]


@pytest.fixture(scope="session")
def stage() -> Stage:
    return Stage(NAME)


@pytest.fixture(scope="session")
def course() -> Course:
    return load_course(ROOT)


@pytest.fixture
def write(stage: Stage, tmp_path: Path) -> Write:
    """Write a hand-in: which program of each exercise, how disguised, by whom."""

    def write(name: str, number: int, disguise: str = "", folder: str = "now", **more: str) -> Path:
        wrote = {}
        for exercise, programs in stage.programs.items():
            source = programs[number % len(programs)]
            if disguise:
                kept = frozenset(stage.programs)
                source = DISGUISES[disguise]([source], kept, random.Random(number))[0]
            wrote[exercise] = source
        members = (more.get("member", f"{name} Surname"), "")
        place = tmp_path / folder / name
        place.mkdir(parents=True)
        text = json.dumps(stage.hand_in(wrote, members, more.get("answer", "")))
        for old, new in ((more.get("old"), more.get("new")),):
            text = text.replace(old, new) if old and new else text
        (place / f"{NAME}.ipynb").write_text(text, encoding="utf-8")
        return place.parent

    return write


def compared(course: Course, *paths: Path, earlier: Sequence[Path] = ()) -> Comparison:
    with Collection(course, None) as collection:
        for path in paths:
            collection.add(path)
        for path in earlier:
            collection.add(path, str(path.name))
        flow = next(a for a in course.assignments if a.name == NAME)
        found = compare(flow, collection.entries[NAME])
        # While the gradebooks are open, for the page reads hand-ins again.
        page_of([found], collection.problems)
        return found


def names(found: Comparison) -> list[set[str]]:
    return [{pair.left.name, pair.right.name} for pair in found.pairs if pair.stands_out]


def test_copies_stand_out_and_hang_together(course: Course, write: Write) -> None:
    for at, name in enumerate(("ada", "bob", "cleo")):
        write(name, at)
    write("dan", 0, "renamed")
    folder = write("eve", 0, "dead code")
    found = compared(course, folder)
    assert sorted(map(sorted, names(found))) == [["ada", "dan"], ["ada", "eve"], ["dan", "eve"]]
    assert [[entry.name for entry in group] for group in found.groups] == [["ada", "dan", "eve"]]


def test_two_hand_ins_of_the_same_people_are_told_and_not_counted(
    course: Course, write: Write
) -> None:
    write("first", 0, member="Ada Lovelace")
    write("other", 1)
    folder = write("second", 0, member="ada  LOVELACE")
    found = compared(course, folder)
    assert names(found) == []
    assert [(p.left.name, p.right.name) for p in found.same] == [("first", "second")]


def test_the_site_counts_before_what_a_notebook_says(
    course: Course, write: Write, tmp_path: Path
) -> None:
    """Whoever copies writes the other's name as well: the pair stands out all the same."""
    write("victim", 0, member="Ada Lovelace")
    folder = write("copier", 0, "renamed", member="Ada Lovelace")
    with Gradebook(tmp_path / "gradebook.sqlite") as book:
        for number, name in enumerate(("victim", "copier")):
            hand_in = HandIn((folder / name / f"{NAME}.ipynb").read_bytes())
            book.kept.keep_hand_in(hand_in)
            origin = Origin("moodle", (Person(name, str(number)),))
            book.record(Grade(name, NAME, digest=hand_in.digest, origin=origin))
    found = compared(course, tmp_path)
    assert names(found) == [{"victim", "copier"}]
    assert {entry.page for entry in found.entries} == {
        "feedback/05_flow/victim.html",
        "feedback/05_flow/copier.html",
    }


def test_earlier_years_are_compared_with_this_one_only(course: Course, write: Write) -> None:
    write("old_one", 0, folder="last")
    last = write("old_two", 0, "renamed", folder="last")
    write("new_one", 0, "reordered")
    now = write("new_two", 1)
    found = compared(course, now, earlier=[last])
    assert sorted(map(sorted, names(found))) == [["new_one", "old_one"], ["new_one", "old_two"]]
    assert {pair.right.year for pair in found.pairs if pair.stands_out} == {"last"}


def test_broken_code_is_still_compared(course: Course, write: Write) -> None:
    write("whole", 0)
    write("other", 1)
    folder = write(
        "broken", 0, "renamed", old="def rosenblatt(u1, u2):", new="def rosenblatt(u1, u2:"
    )
    broken = (folder / "broken" / f"{NAME}.ipynb").read_text()
    assert "return" in broken
    assert names(compared(course, folder)) == [{"whole", "broken"}]


def test_answers_alone_can_stand_out(course: Course, write: Write) -> None:
    write("one", 0, answer=f"We argue as follows. {SAID}")
    write("other", 1, answer="The distribution function of a continuous law is uniform, see there.")
    folder = write("two", 2, answer=f"{SAID.upper()} So it holds.")
    found = compared(course, folder)
    assert names(found) == [{"one", "two"}]
    pair = found.pairs[0]
    assert pair.words > 0.3 > pair.code


def test_blank_hand_ins_are_like_nobody(course: Course, write: Write, stage: Stage) -> None:
    write("right", 0)
    for name in ("blank", "empty"):
        folder = write(name, 0)
        (folder / name / f"{NAME}.ipynb").write_text(json.dumps(stage.hand_in({}, (name, ""))))
    assert compared(course, folder).pairs == ()


def test_the_museum_is_by_the_same_two_people() -> None:
    """Its hand-ins are one solution in files damaged in several ways: told, and not counted."""
    home = load_course(ROOT / "tests" / "course")
    mini = next(a for a in home.assignments if a.name == "01_mini")
    with Collection(home, mini) as collection:
        for name in ("colab", "half_done", "torn_metadata", "windows"):
            collection.add(ROOT / "tests" / "museum" / name)
        found = compare(mini, collection.entries["01_mini"])
    assert len(found.entries) == 4
    assert found.pairs == ()


def test_what_cannot_be_read_is_named(course: Course, write: Write) -> None:
    folder = write("good", 0)
    (folder / "bad").mkdir()
    (folder / "bad" / "x.ipynb").write_text("{")
    with Collection(course, None) as collection:
        collection.add(folder)
    assert len(collection.entries[NAME]) == 1
    assert collection.problems[0].startswith("bad: The file is not a notebook")
