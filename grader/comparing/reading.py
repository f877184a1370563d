"""From the notebooks of an assignment to fragments, without what everybody was given or needs."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from grader.certify.subjects import right_programs
from grader.model import Assignment
from grader.notebook.read import Cell, Notebook, read_notebook
from grader.similarity import code, words
from grader.similarity.code import Fragment
from grader.similarity.index import document

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Characters of one hand-in; what is longer is no answer, and costs time.
MAX_WORDS = 100_000
# What so many of the right programs for an exercise have, the exercise has brought about.
FORCED = 0.5
# Of one or two programs every line would be that of most.
FEWEST = 3


class Reading:
    """The fragments of hand-ins of one assignment."""

    def __init__(self, assignment: Assignment) -> None:
        file = assignment.folder / f"{assignment.name}.ipynb"
        skeleton = read_notebook(file.read_bytes()) if file.exists() else Notebook(())
        self._names = frozenset(exercise.name for exercise in assignment.exercises)
        self._given_cells = {cell.source.strip() for cell in skeleton.cells}
        # Which attributes are somebody's own depends on the cells around, and students change some.
        ways = [skeleton.code, *([source] for source in skeleton.code)]
        given = {f.key for cells in ways for f in code.fragments(cells, self._names)}
        self._given_code = frozenset(given | _forced(assignment, self._names))
        self._given_words = frozenset(f.key for f in words.fragments(_texts(skeleton.cells)))

    def own(self, notebook: Notebook) -> list[Cell]:
        """Return all cells; those that are as they were given out are empty."""
        return [
            replace(cell, source="") if cell.source.strip() in self._given_cells else cell
            for cell in notebook.cells
        ]

    def code(self, cells: Sequence[Cell]) -> Iterator[Fragment]:
        """Yield the fragments of the code of a hand-in's own cells."""
        sources = [cell.source if cell.kind == "code" else "" for cell in cells]
        found = code.fragments(sources, self._names)
        return (fragment for fragment in found if fragment.key not in self._given_code)

    def words(self, cells: Sequence[Cell]) -> Iterator[Fragment]:
        """Yield the fragments of its answers, and of the comments in its code."""
        left, texts = MAX_WORDS, []
        for text in _texts(cells):
            texts.append(text[:left])
            left -= len(texts[-1])
        found = words.fragments(texts)
        return (fragment for fragment in found if fragment.key not in self._given_words)

    def documents(self, notebook: Notebook) -> tuple["NDArray[Any]", "NDArray[Any]"]:
        """Return the keys of the code and of the words of a hand-in."""
        cells = self.own(notebook)
        return (
            document(fragment.key for fragment in self.code(cells)),
            document(fragment.key for fragment in self.words(cells)),
        )


def _texts(cells: Sequence[Cell]) -> list[str]:
    return [words.comments(c.source) if c.kind == "code" else c.source for c in cells]


def _forced(assignment: Assignment, names: frozenset[str]) -> set[int]:
    """Return the fragments that most of the right programs for an exercise have."""
    by_exercise: dict[str, list[set[int]]] = {}
    for program in right_programs(assignment.hidden) if assignment.hidden else ():
        keys = {fragment.key for fragment in code.fragments([program.source], names)}
        by_exercise.setdefault(program.exercise, []).append(keys)
    forced: set[int] = set()
    for programs in by_exercise.values():
        if len(programs) >= FEWEST:
            count = Counter(key for keys in programs for key in keys)
            forced |= {key for key, n in count.items() if n > FORCED * len(programs)}
    return forced
