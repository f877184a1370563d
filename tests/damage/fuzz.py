"""Right notebooks, damaged by one to four random edits each, and what grading makes of them.

`python -m tests.damage.fuzz [COUNT]` prints the table: edits by outcomes.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from grader.model import Assignment, Grade, HandIn, Submission
from grader.notebook.answers import PLACEHOLDER
from grader.notebook.source import read_cells, with_solution, without_solution
from grader.pipeline import Run, grade_one
from grader.processes.launch import Processes
from grader.settings import load_course
from tests.damage.edits import CELLS, FILES, MARKS, SENTENCE, Document, Edit, NotHereError
from tests.damage.oracle import FULL, SILENT, TOLD, Verdict, verdict

MEMBERS = 'MEMBERS = ["Ada Lovelace", "Emmy Noether"]'
MOST_EDITS = 4


@dataclass(frozen=True)
class Damaged:
    """A right notebook after some edits; `keeps` is what all of them together must leave."""

    data: bytes
    edits: tuple[Edit, ...]
    keeps: str


@dataclass
class Tally:
    """Edits by outcomes, and what was silent."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    silent: list[str] = field(default_factory=list)

    def add(self, label: str, damaged: Damaged, found: Verdict) -> None:
        """Count one notebook under each of its edits."""
        names = [edit.name for edit in damaged.edits]
        for name in {*names, "all"}:
            self.counts[name][found.outcome] += 1
        if found.outcome == SILENT:
            self.silent.append(f"{label} {'+'.join(names)}: {found.why}")

    def table(self) -> str:
        """Return the table, the sum last."""
        head = f"{'edit':<22}{FULL:>12}{TOLD:>12}{SILENT:>12}"
        names = sorted(self.counts, key=lambda name: (name == "all", name))
        rows = [
            f"{name:<22}" + "".join(f"{self.counts[name][o]:>12}" for o in (FULL, TOLD, SILENT))
            for name in names
        ]
        return "\n".join([head, *rows, *self.silent])


def right_notebook(assignment: Assignment, *, whole: bool) -> Document:
    """Return the released notebook with every solution and answer in place.

    Unless it is to be the whole, demonstrations and figures are left out: they take the time.
    """
    assert assignment.hidden is not None
    skeleton = assignment.folder / f"{assignment.name}.ipynb"
    document: Document = json.loads(skeleton.read_text(encoding="utf-8"))
    cells = read_cells(Path(assignment.hidden) / "solution.py")
    solved = {without_solution(c): with_solution(c.source) for c in cells if c.kind == "code"}
    demos = {c.source for c in cells if c.kind == "code" and not c.is_reference}
    for cell in document["cells"]:
        source = "".join(cell["source"])
        cell["source"] = solved.get(source, source).replace('MEMBERS = ["", ""]', MEMBERS)
        cell["source"] = cell["source"].replace(PLACEHOLDER, "Because it follows.")
    if not whole:
        document["cells"] = [c for c in document["cells"] if c["source"] not in demos]
    return document


def damage(document: Document, edits: tuple[Edit, ...], rng: Random) -> Damaged:
    """Apply edits in order; those that find nothing to change are left out."""
    changed, done, keeps = deepcopy(document), [], MARKS
    data = b""
    for edit in sorted(edits, key=lambda edit: edit in FILES):
        if edit in FILES and not data:
            data = as_file(changed)
        if edit in CELLS and "cells" not in changed:
            # Format 3 is what a converter leaves, at the end of the way.
            continue
        try:
            result = edit.apply(rng, data if edit in FILES else changed)
        except NotHereError:
            continue
        data = result if edit in FILES else b""
        told = result if isinstance(result, str) else edit.keeps
        done.append(edit)
        keeps = SENTENCE if told == SENTENCE else keeps
    return Damaged(data if done and done[-1] in FILES else as_file(changed), tuple(done), keeps)


def as_file(document: Document) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def drawn(document: Document, seed: int) -> Damaged:
    """Return a notebook damaged by edits that follow from a number."""
    rng = Random(seed)
    edits = rng.choices(CELLS, k=rng.randint(1, MOST_EDITS))
    if rng.random() < 0.25:
        edits = [*edits[:-1], rng.choice(FILES)]
    return damage(document, tuple(edits), rng)


def graded(run: Run, data: bytes) -> Grade:
    return grade_one(run, Submission("someone", "someone", lambda: HandIn(data))).grade


def outcome(run: Run, damaged: Damaged) -> Verdict:
    """Grade a damaged notebook and judge what came of it."""
    grade = graded(run, damaged.data)
    found = verdict(damaged.data, grade, [edit.says for edit in damaged.edits])
    unread = [q.name for q in grade.questions if "Because" not in q.text]
    if damaged.keeps == MARKS and unread:
        return Verdict(SILENT, f"answers not found: {unread}")
    if damaged.keeps == MARKS and found.outcome == TOLD:
        notes = [f"{e.name}: {e.note}" for e in grade.exercises if e.points < e.max_points]
        return Verdict(SILENT, f"lost marks without cause: {grade.refused or notes}")
    return found


def fuzzed(run: Run, document: Document, seeds: Iterable[int], label: str = "") -> Tally:
    """Grade the notebook damaged in as many ways as there are seeds."""
    tally = Tally()
    for seed in seeds:
        damaged = drawn(document, seed)
        tally.add(f"{label} {seed}", damaged, outcome(run, damaged))
    return tally


def main() -> None:
    course = load_course(Path(__file__).parents[1] / "course")
    document = right_notebook(course.assignments[0], whole=True)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with Processes() as processes:
        tally = fuzzed(Run(course, processes, "a secret of the tests"), document, range(count))
    print(tally.table())
    sys.exit(bool(tally.silent))


if __name__ == "__main__":
    main()
