"""The final marks of a class: gradebooks, roster and policy brought together; nothing is run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from grader.classlist import Owners, owners
from grader.errors import UsageError
from grader.exports.filled import waits_for_mark, whole
from grader.model import Course, Grade
from grader.policy.load import load_policy
from grader.policy.marks import final_mark
from grader.policy.terms import Case, Entry, Extension, FinalMark, Policy
from grader.policy.words import read_moment
from grader.roster import Student
from grader.store.gradebook import Gradebook

NOTHING = Fraction(0)


@dataclass(frozen=True)
class ClassBook:
    """What gradebooks hold of a class: grades with the marks by hand, the roster, what is out."""

    grades: tuple[Grade, ...]
    roster: tuple[Student, ...]
    published: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class ClassMarks:
    """The final mark of each student, and a sentence for everything that a person must settle."""

    policy: Policy
    owners: Owners
    marks: Mapping[str, FinalMark]
    problems: tuple[str, ...]

    def students(self) -> list[Student]:
        """Return the class by name; who has left stays in it while there are hand-ins."""
        there = self.owners.students.values()
        counted = [s for s in there if not s.left or self.owners.of[s.key]]
        return sorted(counted, key=lambda student: (student.name, student.key))

    def find(self, text: str) -> Student:
        """Return the one student whom a text names; raises `UsageError` for none or several."""
        found = [student for student in self.students() if student.answers_to(text)]
        if not found:
            submissions = {name for _, name in self.owners_of_submission(text)}
            found = [s for s in self.students() if s.key in submissions]
        if len(found) == 1:
            return found[0]
        if not found:
            raise UsageError(f"Nobody here is called {text}. `grader marks` lists the class.")
        told = ", ".join(f"{s.name} ({s.key})" for s in found)
        raise UsageError(f"{text} may be {told}. Give the account, the number or the address.")

    def owners_of_submission(self, submission: str) -> list[tuple[str, str]]:
        """Return assignment and student's key for each who owns a hand-in of this name."""
        return [
            (assignment, key)
            for key, own in self.owners.of.items()
            for assignment, name in own
            if name == submission
        ]


def open_books(folders: Sequence[Path]) -> ClassBook:
    """Return what the gradebooks of some folders hold; raises `UsageError` where there is none.

    The first roster counts; of a hand-in in several books the last book's grade.
    """
    grades: dict[tuple[str, str], Grade] = {}
    roster: list[Student] = []
    published: dict[str, Mapping[str, str]] = {}
    for folder in folders:
        file = folder / "gradebook.sqlite"
        if not file.is_file():
            raise UsageError(
                f"{folder} holds no gradebook. Name a folder that `grader grade` wrote."
            )
        with Gradebook(file) as book:
            found = [grade for grade in book.marked(book.grades()) if grade.assignment]
            grades |= {(grade.assignment, grade.submission): grade for grade in found}
            roster = roster or book.roster.students()
            for who, points in book.roster.published().items():
                published[who] = {**published.get(who, {}), **points}
    return ClassBook(tuple(grades.values()), tuple(roster), published)


def class_marks(course: Course, book: ClassBook, now: datetime) -> ClassMarks:
    """Return the final marks of a class as they are at a moment."""
    policy = with_all(load_policy(course), book.grades)
    found = owners(book.roster, book.grades, policy.zone)
    handed_in = frozenset(grade.assignment for grade in book.grades)
    marks = {
        student.key: final_mark(case_of(student, found, book, policy), policy, now, handed_in)
        for student in found.students.values()
    }
    doubts = [
        f"{found.students[key].name}: {doubt}"
        for key, mark in marks.items()
        for doubt in mark.doubts
    ]
    unknown = unknown_names(policy, found.students.values())
    return ClassMarks(policy, found, marks, (*found.problems, *doubts, *unknown))


def with_all(policy: Policy, grades: Iterable[Grade]) -> Policy:
    """Return a policy without assignments that nobody can hand in here.

    Where there is neither a deadline nor a hand-in, an assignment has not been given out.
    """
    there = {grade.assignment for grade in grades}
    terms = {
        name: own for name, own in policy.terms.items() if own.due is not None or name in there
    }
    parts = tuple(
        replace(part, assignments=tuple(name for name in part.assignments if name in terms))
        for part in policy.parts
    )
    return replace(policy, terms=terms, parts=parts)


def case_of(student: Student, found: Owners, book: ClassBook, policy: Policy) -> Case:
    """Return what a policy needs to know of a student."""
    published = book.published.get(student.key, {})
    return Case(
        student.name,
        tuple(entry_of(g, policy) for g in book.grades if found.owns(student, g)),
        extensions_of(student, policy),
        {assignment: Fraction(points) for assignment, points in published.items()},
    )


def extensions_of(student: Student, policy: Policy) -> tuple[Extension, ...]:
    """Return the extensions for a student: by any name, or by the team at each deadline."""
    given = []
    for extension in policy.extensions:
        if any(student.answers_to(name) for name in extension.who):
            given.append(extension)
            continue
        # A team's is for those who were in it when the hand-in was due.
        wanted = extension.assignments or frozenset(policy.terms)
        within = frozenset(
            name
            for name in wanted & policy.terms.keys()
            if student.team_at(policy.terms[name].due) in extension.who
        )
        if within:
            given.append(replace(extension, assignments=within))
    return tuple(given)


def entry_of(grade: Grade, policy: Policy) -> Entry:
    """Return a hand-in as a policy sees it."""
    waiting = sum((e.max_points for e in grade.exercises if e.pending), NOTHING)
    waiting += sum((q.max_points for q in grade.questions if waits_for_mark(q)), NOTHING)
    terms = policy.terms.get(grade.assignment)
    maximum = terms.maximum if terms is not None else whole(grade)
    if not grade.is_decided:
        waiting = maximum
    at = read_moment(grade.origin.handed_in_at, policy.zone)
    return Entry(
        grade.assignment, grade.submission, grade.points, maximum, at, grade.origin.late, waiting
    )


def unknown_names(policy: Policy, students: Iterable[Student]) -> list[str]:
    """Return a sentence for each name in an extension that is nobody's here."""
    everybody = list(students)
    teams = {membership.team for student in everybody for membership in student.teams}
    return [
        f"extensions.toml gives {name} more time ({extension.reason}), who is not in this class."
        for extension in policy.extensions
        for name in sorted(extension.who)
        if name not in teams and not any(s.answers_to(name) for s in everybody)
    ]
