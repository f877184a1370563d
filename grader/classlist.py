"""Whose hand-ins are whose: the roster and what course sites say, with nothing guessed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

from grader.model import Grade, Person
from grader.policy.words import read_moment
from grader.roster import Student, known

Key = tuple[str, str]
# Its download has numbers and names without blanks: nobody's in a notebook is among them.
NAMELESS = "canvas"
NO_NAMES = (
    "The names of Canvas's downloads are not those in notebooks, so that people are counted twice: "
    "export its grade book, and give that to `grader roster`."
)


@dataclass
class Owners:
    """The students of a class, the submissions of each, and a sentence for what does not fit."""

    students: dict[str, Student]
    of: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))
    problems: list[str] = field(default_factory=list)

    def owns(self, student: Student, grade: Grade) -> bool:
        """Tell whether a hand-in counts for somebody."""
        return (grade.assignment, grade.submission) in self.of[student.key]

    def of_grade(self, grade: Grade) -> list[Student]:
        """Return the students that a hand-in counts for, by name."""
        found = [s for s in self.students.values() if self.owns(s, grade)]
        return sorted(found, key=lambda student: (student.name, student.key))


def owners(roster: Sequence[Student], grades: Iterable[Grade], zone: tzinfo = UTC) -> Owners:
    """Return whose each hand-in is.

    What the course site says comes first; then the team of that person, as it was when the hand-in
    came; then names written in a notebook, where exactly one person is called so, has no hand-in
    that is surely their own, and was in no other team. Without a roster the class is who handed in.
    """
    ordered = sorted(grades, key=lambda grade: (grade.assignment, grade.submission))
    people = list(roster) or list(_seen(ordered))
    found = _Sorting({student.key: student for student in people}, bool(roster), zone).done(ordered)
    if not roster and any(g.origin.site == NAMELESS and g.members for g in ordered):
        found.problems.append(NO_NAMES)
    return found


def _seen(grades: Sequence[Grade]) -> Iterator[Student]:
    """Yield everybody whom sites name, then whom only notebooks name, then hand-ins of nobody."""
    told: dict[str, Student] = {}
    for grade in grades:
        for person in grade.origin.people:
            student = Student(person, grade.origin.site)
            earlier = told.get(student.key)
            told[student.key] = _joined(earlier, student) if earlier else student
    for grade in grades:
        for name in grade.members or (() if grade.origin.people else (grade.submission,)):
            if not any(student.answers_to(name) for student in told.values()):
                student = Student(Person(name))
                told[student.key] = student
    yield from told.values()


def _joined(one: Student, other: Student) -> Student:
    person = Person(
        *(a or b for a, b in zip(_fields(one.person), _fields(other.person), strict=True))
    )
    return replace(one, person=person)


def _fields(person: Person) -> tuple[str, str, str, str]:
    return person.name, person.id, person.account, person.email


class _Sorting:
    """Finds the owners of one hand-in after the other."""

    def __init__(self, students: dict[str, Student], is_roster: bool, zone: tzinfo) -> None:
        self.found = Owners(students)
        self.is_roster, self.zone = is_roster, zone
        self.has_teams = any(student.teams for student in students.values())
        self.claims: list[tuple[Student, Grade]] = []

    def done(self, grades: Sequence[Grade]) -> Owners:
        """Return everything that was found out."""
        for grade in grades:
            self._place(grade)
        sure = {(key, assignment) for key, own in self.found.of.items() for assignment, _ in own}
        for student, grade in self.claims:
            if (student.key, grade.assignment) not in sure:
                self._give(student, grade)
            elif not self.found.owns(student, grade):
                self._tell(
                    f"{student.name} is also named in {grade.submission}: not counted for them, "
                    "who have a hand-in of their own."
                )
        return self.found

    def _place(self, grade: Grade) -> None:
        at = read_moment(grade.origin.handed_in_at, self.zone)
        own = [self._of_person(person, grade) for person in grade.origin.people]
        own_students = [student for student in own if student is not None]
        teams = {team for student in own_students if (team := student.team_at(at))}
        mates = [s for s in self.found.students.values() if s.team_at(at) in teams]
        for student in (*own_students, *mates):
            self._give(student, grade)
        names = grade.members or (() if grade.origin.people else (grade.submission,))
        for name in names:
            self._claim(name, grade, teams, at)

    def _claim(self, name: str, grade: Grade, teams: set[str], at: datetime | None) -> None:
        called = [s for s in self.found.students.values() if s.answers_to(name)]
        if len(called) != 1:
            theirs = sum(self.found.owns(student, grade) for student in called)
            # Of two people with one name the site has said which one it is.
            if theirs and theirs >= grade.members.count(name):
                return
            if self.is_roster or called:
                who = "several people" if called else "nobody"
                self._tell(f"{name}, named in {grade.submission}, is {who} on the roster.")
            return
        if teams and called[0].team_at(at) not in teams:
            self._tell(
                f"{name} is named in {grade.submission}, which is of another team: not counted."
            )
            return
        self.claims.append((called[0], grade))

    def _of_person(self, person: Person, grade: Grade) -> Student | None:
        everybody = self.found.students.values()
        accounts = {known(text) for text in (person.account, person.email) if text}
        site = grade.origin.site
        for fits in (
            lambda s: bool(person.id) and s.site == site and s.person.id == person.id,
            lambda s: bool(s.accounts() & accounts),
            lambda s: bool(person.name) and not self._differs(s, person, site)
            and bool(s.names() & {known(person.name)}),
        ):  # fmt: skip
            found = [student for student in everybody if fits(student)]
            if len(found) == 1:
                return found[0]
        who = person.name or person.account or person.id
        self._tell(f"{who}, who handed in {grade.submission}, is not on the roster.")
        return None

    def _differs(self, student: Student, person: Person, site: str) -> bool:
        """Tell whether a number or an account says that these are two people of one name."""
        if person.id and student.person.id and student.site == site:
            return student.person.id != person.id
        own = student.person.account
        return bool(own and person.account and known(own) != known(person.account))

    def _give(self, student: Student, grade: Grade) -> None:
        self.found.of[student.key].add((grade.assignment, grade.submission))

    def _tell(self, sentence: str) -> None:
        if sentence not in self.found.problems:
            self.found.problems.append(sentence)
