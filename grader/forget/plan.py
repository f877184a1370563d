"""What forgetting somebody will do, before anything is done."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.classlist import Owners, owners
from grader.errors import UsageError
from grader.forget.names import Scrub, names_of
from grader.model import Grade
from grader.notebook.bundle import safe_name
from grader.roster import Student
from grader.settings import COURSE_FILE
from grader.store.gradebook import Gradebook
from grader.store.removal import Key

BOOK = "gradebook.sqlite"


@dataclass(frozen=True)
class Plan:
    """What forgetting somebody will do: hand-ins that go, and those that stay with others.

    `needles` are texts that name the student wherever they stand; `bare` are names of one word and
    short accounts, which mean them only where somebody is named.
    """

    student: Student
    gone: tuple[Grade, ...]
    shared: tuple[tuple[Grade, tuple[Student, ...]], ...]
    needles: tuple[str, ...]
    bare: tuple[str, ...]
    number: int | None
    renamed: dict[Key, Key] = field(default_factory=dict)


def plan_for(out: Path, text: str) -> Plan:
    """Return what forgetting the student whom a text names would do; raises `UsageError`."""
    if not (out / BOOK).is_file():
        raise UsageError(f"{out} holds no gradebook. Name the folder that `grader grade` wrote.")
    # TRAP: every file in the folder that names somebody goes.
    if any((out / name).exists() for name in (COURSE_FILE, ".git")):
        raise UsageError(
            f"{out} is more than a folder of results: a course lies in it. Move {BOOK}, feedback "
            "and notebooks into a folder of their own first."
        )
    with Gradebook(out / BOOK) as book:
        grades = book.grades()
        found = owners(book.roster.students(), grades)
        student = the_one(found, text)
        number = book.roster.number_of(student.key)
    own = [grade for grade in grades if found.owns(student, grade)]
    mates = {id(g): [s for s in found.of_grade(g) if s.key != student.key] for g in own}
    shared = tuple((grade, tuple(mates[id(grade)])) for grade in own if mates[id(grade)])
    gone = tuple(grade for grade in own if not mates[id(grade)])
    needles, bare = names_of(student, own)
    others = [s for s in found.students.values() if s.key != student.key]
    # Of two people of one name, the other keeps it.
    needles = tuple(text for text in needles if not any(s.answers_to(text) for s in others))
    plan = Plan(student, gone, shared, needles, bare, number)
    taken = {grade.submission for grade in grades}
    return replace(plan, renamed=dict(_renamed(plan, taken)))


def the_one(found: Owners, text: str) -> Student:
    """Return the student whom a text names; raises `UsageError` for none or several."""
    named = [student for student in found.students.values() if student.answers_to(text)]
    if len(named) == 1:
        return named[0]
    if not named:
        raise UsageError(f"Nobody in this gradebook is called {text}.")
    told = ", ".join(f"{student.name} ({student.key})" for student in named)
    raise UsageError(f"{text} may be {told}. Give the account, the number or the address.")


def _renamed(plan: Plan, taken: set[str]) -> Iterator[tuple[Key, Key]]:
    """Yield new names for hand-ins of others that are called after whom is forgotten."""
    scrub = Scrub(plan.needles, plan.bare)
    for grade, mates in plan.shared:
        if scrub.names(grade.submission) or _named_after(grade.submission, plan):
            name = base = safe_name(" and ".join(mate.name for mate in mates))
            count = 1
            while name in taken:
                count += 1
                name = f"{base} ({count})"
            taken.add(name)
            yield (grade.assignment, grade.submission), (grade.assignment, name)


def _named_after(submission: str, plan: Plan) -> bool:
    """Tell whether a hand-in is called after somebody: by a part of a name, with accents or not."""
    own = {word for text in (*plan.needles, *plan.bare) for word in _words(text)}
    return bool(own & _words(submission))


def _words(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return {word for word in re.split(r"[\W_]+", letters) if len(word) > 2 and not word.isdigit()}
