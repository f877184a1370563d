"""What is to be marked in a gradebook, and where each answer stands for one marker."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from threading import RLock

from grader.errors import CourseError
from grader.marking.agreement import Agreement, agreement
from grader.marking.events import Entry, Event, Kind, Register
from grader.marking.given import HAND_IN, digest_of, part_of_exercise, part_of_question
from grader.marking.ledger import Part, Standing, State
from grader.marking.order import is_double, normal, pseudonym, shuffled
from grader.model import Assignment, Course
from grader.notebook.authoring import read_draft
from grader.notebook.source import Cell
from grader.rubric import parse_rubric
from grader.store.gradebook import Gradebook

RUBRIC = "the rubric of the course"
# What a marker is to look at, unless two have to mark it and neither sees the other.
UNFINISHED = {State.open, State.begun, State.changed}
WORDS = {
    State.open: "not marked",
    State.begun: "begun",
    State.done: "done",
    State.conflict: "two marks that differ",
    State.changed: "changed since it was marked",
}


@dataclass(frozen=True)
class Topic:
    """A question, an exercise that the grader could not decide, or hand-ins it refused."""

    part: Part
    title: str
    most: Fraction
    kind: str
    question: str = ""


@dataclass(frozen=True)
class Work:
    """One answer to be marked, under the name it has while it is."""

    submission: str
    name: str
    answer: str
    most: Fraction
    text: str = ""
    status: str = ""


@dataclass(frozen=True)
class Unit:
    """What is marked at once: one answer, or several that are equal."""

    works: tuple[Work, ...]

    @property
    def name(self) -> str:
        """Return what the unit is called: after the first of its answers."""
        return self.works[0].name


@dataclass(frozen=True)
class Progress:
    """How far one is with a topic, counted in answers."""

    total: int
    done: int
    begun: int
    flagged: int
    conflicts: int
    changed: int
    mine: int


class Room:
    """The gradebook as markers share it; a thread that uses it holds its `lock`."""

    def __init__(self, course: Course, book: Gradebook, *, double: float = 0.0) -> None:
        self.course, self.book, self.double = course, book, double
        self.seed = book.marks.seed
        self.lock = RLock()
        self.ledger = book.ledger()
        self._cells: dict[str, tuple[Cell, ...]] = {}
        self._works: dict[Part, tuple[int, list[Work]]] = {}

    def catch_up(self) -> None:
        """Take in what anybody has written to this gradebook; for the start of each request."""
        with self.lock:
            self.ledger = self.book.ledger()

    def topics(self) -> list[Topic]:
        """Return everything that is to be marked, assignment by assignment."""
        found: list[Topic] = []
        for assignment, title, name, most in self.book.marks.questions():
            part = part_of_question(assignment, name)
            found.append(Topic(part, f"Question {name}: {title}", most, "question", name))
        for assignment, title, name, most in self.book.marks.waiting_exercises():
            part = part_of_exercise(assignment, name)
            found.append(Topic(part, f"Exercise {name}: {title}", most, "exercise", name))
        for assignment in self.book.marks.refused_in():
            known = self.assignment(assignment)
            most = known.max_points if known is not None else Fraction(0)
            part = Part(assignment, HAND_IN)
            found.append(Topic(part, "Hand-ins that could not be graded", most, "hand_in"))
        return sorted(found, key=lambda topic: topic.part.assignment)

    def topic(self, assignment: str, name: str) -> Topic | None:
        """Return what is to be marked under a name, if it is there."""
        part = Part(assignment, name)
        return next((topic for topic in self.topics() if topic.part == part), None)

    def assignment(self, name: str) -> Assignment | None:
        """Return an assignment of the course."""
        return next((a for a in self.course.assignments if a.name == name), None)

    def works(self, topic: Topic) -> list[Work]:
        """Return all answers of a topic, by the names of their hand-ins."""
        version = self.book.marks.version()
        known = self._works.get(topic.part)
        if known is None or known[0] != version:
            known = (version, list(self._read(topic)))
            self._works[topic.part] = known
        return known[1]

    def units(self, topic: Topic, marker: str) -> list[Unit]:
        """Return what is marked at once, in the marker's own order."""
        works = {work.submission: work for work in self.works(topic)}
        ledger, groups = self.ledger, dict[str, list[Work]]()
        for submission in shuffled(self.seed, topic.part, marker, works):
            work = works[submission]
            alone = topic.kind != "question" or ledger.is_apart(topic.part, submission)
            groups.setdefault(submission if alone else f"={work.answer}", []).append(work)
        return [Unit(tuple(group)) for group in groups.values()]

    def standing(self, topic: Topic, work: Work) -> Standing:
        """Return where an answer stands for everybody."""
        return self.ledger.standing(topic.part, work.submission, work.answer, work.most)

    def seen(self, topic: Topic, work: Work, marker: str) -> Standing:
        """Return where an answer stands as far as this marker is to know.

        Of what two people mark, each sees the own mark only, until they have finished it.
        """
        standing = self.standing(topic, work)
        if not self.is_hidden(topic, work, marker):
            return standing
        own = tuple(event for event in standing.heads if event.marker == marker)
        begun = any(event.given is not None for event in own)
        return Standing(State.begun if begun else State.open, None, None, own)

    def is_hidden(self, topic: Topic, work: Work, marker: str) -> bool:
        """Tell whether the marks of others are kept from this marker for now."""
        if not self.double or not is_double(topic.part, work.answer, self.double):
            return False
        given = self.ledger.independent(topic.part.of(work.submission))
        return marker not in given and len(given) < 2

    def is_due(self, topic: Topic, unit: Unit, marker: str) -> bool:
        """Tell whether this marker has something left to do here."""
        return any(self.seen(topic, work, marker).state in UNFINISHED for work in unit.works)

    def progress(self, topic: Topic, marker: str) -> Progress:
        """Return how far everybody is, and how many answers are left to this marker."""
        works = self.works(topic)
        standings = [self.standing(topic, work) for work in works]
        states = [standing.state for standing in standings]
        mine = sum(self.seen(topic, work, marker).state in UNFINISHED for work in works)
        return Progress(
            len(works),
            states.count(State.done),
            states.count(State.begun),
            sum(standing.flagged for standing in standings),
            states.count(State.conflict),
            states.count(State.changed),
            mine,
        )

    def agreement(self, topics: Sequence[Topic]) -> Agreement:
        """Return how far people agree who have marked the same without seeing each other.

        Equal answers count once, as they are marked once.
        """
        return agreement([shares for topic in topics for shares in self._shares(topic).values()])

    def _shares(self, topic: Topic) -> dict[str, dict[str, float]]:
        """Return by answer and marker which share of the maximum was given independently."""
        shares: dict[str, dict[str, float]] = {}
        for work in self.works(topic):
            given = self.ledger.independent(topic.part.of(work.submission))
            if work.most and len(given) > 1:
                shares[work.answer] = {
                    marker: float(self.ledger.worth(topic.part, mark, work.most) / work.most)
                    for marker, mark in given.items()
                }
        return shares

    def prepare(self) -> None:
        """Take over the rubrics of the course, for questions that have no rubric here yet."""
        self.catch_up()
        events = []
        for assignment in {topic.part.assignment for topic in self.topics()}:
            events += list(self._rubrics(assignment))
        self.book.marks.add(events)
        self.catch_up()

    def notes(self, topic: Topic, role: str) -> str:
        """Return the texts of the solution for a question: its `answer` or its `rubric`."""
        name = topic.part.assignment
        if name not in self._cells:
            self._cells[name] = self._solution(name)
        found = (
            c
            for c in self._cells[name]
            if topic.question and c.metadata.get(role) == topic.question
        )
        return "\n\n".join(cell.source for cell in found)

    def _solution(self, name: str) -> tuple[Cell, ...]:
        """Return the cells of a solution, none where it is not here or not well formed."""
        known = self.assignment(name)
        if known is None or known.hidden is None:
            return ()
        try:
            return read_draft(known.hidden, known.folder).cells
        except CourseError:
            return ()

    def _rubrics(self, assignment: str) -> Iterable[Event]:
        known = self.assignment(assignment)
        for question in known.questions if known else ():
            part = part_of_question(assignment, question.name)
            topic = Topic(part, "", question.points, "question", question.name)
            text = self.notes(topic, "rubric")
            if not text or self.ledger.entries(Kind.item, part):
                continue
            for number, item in enumerate(parse_rubric(part, text, question.points)):
                # Made alike in every copy of the gradebook, so that copies merge.
                letters = hashlib.blake2b(item.text.encode(), digest_size=4).hexdigest()
                register = Register(Kind.item, assignment, part.name, f"{number:02d}-{letters}")
                entry = Entry(item.text, str(item.points))
                yield Event(0, "", RUBRIC, register, entry=entry)

    def _read(self, topic: Topic) -> Iterable[Work]:
        part, marks = topic.part, self.book.marks
        if topic.kind == "question":
            for found in marks.answers(part.assignment, topic.question):
                name = pseudonym(self.seed, part, found.submission)
                digest = digest_of(found.text)
                yield Work(
                    found.submission, name, digest, found.most, normal(found.text), found.status
                )
            return
        waiting = (
            marks.undecided(part.assignment, topic.question)
            if topic.kind == "exercise"
            else marks.refused(part.assignment)
        )
        for submission, digest in waiting:
            yield Work(submission, pseudonym(self.seed, part, submission), digest, topic.most)


def worst(states: Sequence[State]) -> State:
    """Return the state of a group: that of the answer that needs a person most."""
    order = (State.conflict, State.changed, State.begun, State.open, State.done)
    return min(states, key=order.index)
