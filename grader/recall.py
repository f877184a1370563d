"""What is known of a hand-in from before, so that only what may have changed is run again."""

import threading
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from grader.digests import Digests, Keys, Setting, digests_of, keys_of
from grader.errors import CourseError
from grader.model import (
    Assignment,
    CheckResult,
    ExerciseResults,
    Grade,
    HandIn,
    Incident,
    NotebookRun,
    Outcome,
)
from grader.store.gradebook import Gradebook


@dataclass
class Findings:
    """What one hand-in amounts to before points: what its cells showed, what its checks found.

    `fresh` names the exercises that were judged just now. What is `doubtful` may have another cause
    than the hand-in, and is not to be believed a second time.
    """

    run: NotebookRun | None = None
    results: dict[str, ExerciseResults] = field(default_factory=dict)
    others: list[Incident] = field(default_factory=list)
    fresh: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    run_is_fresh: bool = False
    run_is_doubtful: bool = False

    def are_complete(self, assignment: Assignment) -> bool:
        """Tell whether nothing is left to be found out."""
        return self.run is not None and all(e.name in self.results for e in assignment.exercises)

    @property
    def are_certain(self) -> bool:
        """Tell whether grading again could only find the same."""
        return not self.doubtful and not self.run_is_doubtful

    def failed(self) -> set[str]:
        """Return the exercises with a core check that was answered wrongly."""
        return {name for name, found in self.results.items() if any(map(is_wrong, found.checks))}

    def incidents(self) -> Iterator[Incident]:
        """Yield all incidents, each once, in the order in which they would have come."""
        run = self.run or NotebookRun(())
        yield from run.incidents
        for found in self.results.values():
            yield from found.incidents
        yield from self.others
        yield from (Incident("notebook", note) for note in run.notes)


class Memory:
    """A gradebook's memory of earlier results, as far as they hold in this run's setting.

    With `afresh` it remembers nothing and only takes note. With `decided` a grade stands as it was
    recorded when it rests on the very same basis.
    """

    def __init__(
        self, book: Gradebook, setting: Setting, *, afresh: bool = False, decided: bool = True
    ) -> None:
        self.book, self.setting, self.afresh, self.decided = book, setting, afresh, decided
        self._digests: dict[str, Digests] = {}
        self._confirmed: set[str] = set()
        self._lock = threading.Lock()

    def keys(self, assignment: Assignment, code: Iterable[str], hand_in: HandIn) -> Keys:
        """Return what decides the results of a hand-in."""
        with self._lock:
            if assignment.name not in self._digests:
                self._digests[assignment.name] = digests_of(assignment, self.setting)
            return keys_of(self._digests[assignment.name], code, hand_in)

    def confirm(self, assignment: Assignment) -> None:
        """Make sure that the checks loaded by now are those that the digests were taken of."""
        with self._lock:
            if assignment.name in self._confirmed:
                return
            if digests_of(assignment, self.setting) != self._digests[assignment.name]:
                raise CourseError(
                    assignment.name,
                    "its files were changed while they were being loaded; give the command again",
                )
            self._confirmed.add(assignment.name)

    def recorded(self, assignment: Assignment, submission: str, keys: Keys) -> Grade | None:
        """Return the grade as it stands, if there is one on the very same basis."""
        if self.afresh or not self.decided:
            return None
        grade = self.book.grade(assignment.name, submission)
        return grade if grade is not None and grade.basis == keys.basis else None

    def recall(self, assignment: Assignment, submission: str, keys: Keys) -> Findings:
        """Return what still holds of earlier results."""
        if self.afresh:
            return Findings()
        run = self.book.kept.run(assignment.name, submission, keys.run)
        # Without what the cells showed there could be no page: then all is run again.
        known = self.book.kept.results(assignment.name, submission, keys.exercises) if run else {}
        return Findings(run, known)


def place_of_run(keys: Keys, findings: Findings) -> str:
    """Return where to keep what the cells showed; what is doubtful must not be found by its key."""
    return keys.run if not findings.run_is_doubtful else f"{keys.run} {uuid.uuid4()}"


def without_note(assignment: Assignment, findings: Findings) -> list[str]:
    """Return exercises that have to be judged again, only for what is to be said about them.

    They passed before, and so did what they build on; now that has failed, it must be told what
    they do with the student's own functions.
    """
    failed = findings.failed()
    return [
        exercise.name
        for exercise in assignment.exercises
        if exercise.name not in findings.fresh
        and not failed.isdisjoint(exercise.depends)
        and not findings.results[exercise.name].note
        and all(c.outcome is Outcome.passed for c in findings.results[exercise.name].checks)
    ]


def with_fitting_notes(assignment: Assignment, findings: Findings) -> None:
    """Take back what was said about own functions where nothing they build on fails any more."""
    failed = findings.failed()
    for exercise in assignment.exercises:
        if failed.isdisjoint(exercise.depends):
            found = findings.results[exercise.name]
            findings.results[exercise.name] = replace(found, note="")


def is_wrong(check: CheckResult) -> bool:
    """Tell whether a check is one that an exercise needs, and was answered wrongly."""
    return check.core and check.outcome is Outcome.failed
