"""The hand-ins that are compared, and whose they are: out of gradebooks, folders, archives."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from grader.errors import Refused
from grader.model import Assignment, Course, Grade, HandIn, Origin, Person
from grader.notebook.bundle import take_in
from grader.notebook.names import members
from grader.notebook.read import Notebook, read_notebook
from grader.pipeline import recognised
from grader.roster import known
from grader.store.gradebook import Gradebook
from grader.store.layout import page_of

BOOK = "gradebook.sqlite"


@dataclass(frozen=True, eq=False)
class Entry:
    """One hand-in among those compared. `year` names the folder of an earlier one, or is empty.

    `by_site` and `by_name` are all that tells whose it is; `page` is its feedback page, if any.
    """

    name: str
    members: tuple[str, ...]
    by_site: frozenset[str]
    by_name: frozenset[str]
    read: Callable[[], Notebook]
    year: str = ""
    page: str = ""

    def is_of(self, other: "Entry") -> bool:
        """Tell whether somebody took part in both.

        What a course site says comes first: whoever copies could write the other's name as well.
        """
        if self.by_site and other.by_site:
            return not self.by_site.isdisjoint(other.by_site)
        return not (self.by_site | self.by_name).isdisjoint(other.by_site | other.by_name)


class Collection:
    """Hand-ins by assignment, and a sentence for each that could not be read.

    Notebooks are read when they are needed and not kept, so that a class takes no more memory than
    one of them.
    """

    def __init__(self, course: Course, chosen: Assignment | None) -> None:
        self.entries: dict[str, list[Entry]] = {}
        self.problems: list[str] = []
        self._course, self._chosen = course, chosen
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, path: Path, year: str = "") -> None:
        """Take in what lies under a path; a `year` makes it something to compare with."""
        if (path / BOOK).is_file():
            self._add_book(path, year)
            return
        for submission in take_in([path]):
            read = partial(_read, submission.load)
            self._add(submission.name, read, year, submission.origin)

    def _add_book(self, folder: Path, year: str) -> None:
        book = self._stack.enter_context(Gradebook(folder / BOOK))
        for grade in book.grades(self._chosen.name if self._chosen else None):
            # What was refused for its form alone can be read, and is compared like any other.
            read = partial(_read, partial(_kept, book, grade))
            page = "" if year else page_of(grade.assignment, grade.submission)
            self._add(grade.submission, read, year, grade.origin, page, grade.assignment)

    def _add(
        self,
        name: str,
        read: Callable[[], Notebook],
        year: str,
        origin: Origin,
        page: str = "",
        assignment: str = "",
    ) -> None:
        try:
            notebook = read()
            if not assignment:
                assignment = (self._chosen or recognised(self._course, notebook)).name
        except Refused as problem:
            self.problems.append(f"{name}: {problem}")
            return
        people = members(notebook)
        by_site = _keys(text for person in origin.people for text in _marks(origin.site, person))
        entry = Entry(name, people, by_site, _keys(people), read, year, page)
        self.entries.setdefault(assignment, []).append(entry)


def _read(load: Callable[[], HandIn]) -> Notebook:
    return read_notebook(load().notebook)


def _kept(book: Gradebook, grade: Grade) -> HandIn:
    hand_in = book.kept.hand_in(grade.digest) if grade.digest else None
    if hand_in is None:
        raise Refused(grade.refused or "its hand-in has not been kept. Grade it again.")
    return hand_in


def _marks(site: str, person: Person) -> tuple[str, ...]:
    """Return what tells somebody from others; a name only where there is nothing better."""
    number = f"{site} {person.id}" if person.id else ""
    return tuple(filter(None, (number, person.account, person.email))) or (person.name,)


def _keys(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(known(text) for text in texts if text)
