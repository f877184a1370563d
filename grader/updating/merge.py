"""Merge three notebooks cell by cell: as it was given, as it is given now, and the student's."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.notebook.answers import PLACEHOLDER, same_text
from grader.notebook.bindings import read_code
from grader.notebook.mending import put_text, text_of
from grader.notebook.names import MEMBERS, members, with_members
from grader.notebook.read import Cell as ReadCell
from grader.notebook.read import Notebook

Cell = dict[str, Any]
Pairs = dict[int, int]

QUESTION = re.compile(r"^#+\s*Question\s+(\w+)", re.MULTILINE)
# Below this share of common text two cells are not one that was edited.
ALIKE = 0.55


@dataclass(frozen=True)
class Merged:
    """The cells of the merged notebook, and what a person should know of each decision."""

    cells: list[Cell]
    told: list[str]


@dataclass
class Merge:
    """Three lists of cells, and which of them are the same; `exercises` are the names of both."""

    base: Sequence[Cell]
    mine: Sequence[Cell]
    new: Sequence[Cell]
    exercises: frozenset[str]
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        keys = [[self._key(cell) for cell in cells] for cells in (self.base, self.mine, self.new)]
        self.keys = keys[2]
        self.mine_to_base = pairs(self.mine, keys[1], self.base, keys[0])
        base_to_new = pairs(self.base, keys[0], self.new, keys[2])
        self.base_to_new = base_to_new
        self.new_to_base = {n: b for b, n in base_to_new.items()}
        self.base_to_mine = {b: m for m, b in self.mine_to_base.items()}

    def run(self) -> Merged:
        """Return the merged cells: those of the new release in its order, with the work in them."""
        followers = self._followers()
        cells = [self.mine[m] for m in followers[None]]
        for n, given in enumerate(self.new):
            base = self.new_to_base.get(n)
            mine = None if base is None else self.base_to_mine.get(base)
            if mine is None:
                if not (text_of(given).strip() == PLACEHOLDER and self._is_answered(n, followers)):
                    cells.append(given)
                continue
            assert base is not None
            cells += self._merged(self.base[base], self.mine[mine], given, self.keys[n])
            cells += [self.mine[m] for m in followers[mine]]
        return Merged(cells, self.told)

    def _followers(self) -> Mapping[int | None, list[int]]:
        """Return what was added, or has lost its place, by the cell of the student above it."""
        followers: dict[int | None, list[int]] = defaultdict(list)
        anchor: int | None = None
        for m, cell in enumerate(self.mine):
            base = self.mine_to_base.get(m)
            if base is not None and base in self.base_to_new:
                anchor = m
            elif base is None:
                followers[anchor].append(m)
            elif not same(cell, self.base[base]):
                followers[anchor].append(m)
                self.told.append(f"{self._called(cell)} is not in the new release; yours is kept.")
        return followers

    def _is_answered(self, n: int, followers: Mapping[int | None, list[int]]) -> bool:
        """Tell whether an answer stands where the new release has a place for it."""
        base = self.new_to_base.get(n - 1)
        mine = None if base is None else self.base_to_mine.get(base)
        return mine is not None and bool(followers[mine])

    def _merged(self, base: Cell, mine: Cell, new: Cell, key: tuple[str, str]) -> Iterator[Cell]:
        if key[0] == "members":
            names = members(Notebook((ReadCell("code", text_of(mine)),)))
            text = with_members(text_of(new), names) if names else None
            yield with_text(new, text) if text is not None else new
        elif same(mine, new):
            yield mine
        elif same(mine, base):
            yield new
        elif same(base, new):
            yield mine
        elif key[0] == "exercise":
            yield mine
            yield from self._changed(mine, new, key[1])
        else:
            yield new
            what = self._called(new)
            self.told.append(
                f"{what} was changed by you and by the release; yours stands below it."
            )
            yield note("Yours, as it was before the update. What counts is the cell above.", mine)

    def _changed(self, mine: Cell, new: Cell, name: str) -> Iterator[Cell]:
        bound = read_code(text_of(mine)).binds
        if name in bound:
            said = f"What is given of `{name}` has changed; your code is kept. Compare the two."
        else:
            old = ", ".join(f"`{n}`" for n in sorted(bound & self.exercises)) or "your function"
            said = f"{old} is called `{name}` now; your code is kept. Give it the new name."
        self.told.append(said)
        yield note(f"{said} As it is given now:", new)

    def _key(self, cell: Cell) -> tuple[str, str]:
        text = text_of(cell)
        if cell["cell_type"] == "code":
            binds = read_code(text).binds
            for name in sorted(binds & self.exercises):
                return "exercise", name
            return ("members", "") if MEMBERS in binds else ("code", same_text(text))
        question = QUESTION.search(text)
        return ("question", question[1]) if question else ("text", same_text(text))

    def _called(self, cell: Cell) -> str:
        kind, name = self._key(cell)
        if kind in {"exercise", "question"}:
            return f"The {kind} `{name}`"
        first = text_of(cell).strip().partition("\n")[0][:60]
        return f"The cell “{first}”"


def pairs(
    left: Sequence[Cell],
    left_keys: Sequence[tuple[str, str]],
    right: Sequence[Cell],
    right_keys: Sequence[tuple[str, str]],
) -> Pairs:
    """Return which cells of two lists are the same one: by key, then by what is alike between."""
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, key in enumerate(right_keys):
        places[key].append(at)
    found: Pairs = {}
    for at, key in enumerate(left_keys):
        if places[key] and text_of(left[at]).strip():
            found[at] = places[key].pop(0)
    taken = set(found.values())
    free = [at for at in range(len(right)) if at not in taken]
    for at, cell in enumerate(left):
        if at not in found and (best := _most_alike(cell, at, right, free, found)) is not None:
            found[at] = best
            free.remove(best)
    return found


def _most_alike(
    cell: Cell, at: int, right: Sequence[Cell], free: Sequence[int], found: Pairs
) -> int | None:
    """Return the cell that this one was edited from or to, between the same two neighbours."""
    before = max((found[i] for i in found if i < at), default=-1)
    after = min((found[i] for i in found if i > at), default=len(right))
    shares = [
        (difflib.SequenceMatcher(None, text_of(cell), text_of(right[n]), autojunk=False).ratio(), n)
        for n in free
        if before < n < after and right[n]["cell_type"] == cell["cell_type"]
    ]
    share, best = max(shares, default=(0.0, -1))
    return best if share >= ALIKE else None


def same(one: Cell, other: Cell) -> bool:
    """Tell whether two cells are of one kind and say the same, white space aside."""
    # Indentation means something in code: only the ends of lines do not.
    texts = [
        [line.rstrip() for line in text_of(cell).strip().splitlines()] for cell in (one, other)
    ]
    return one["cell_type"] == other["cell_type"] and texts[0] == texts[1]


def with_text(cell: Cell, text: str) -> Cell:
    """Return a copy of a cell with another text."""
    copy = dict(cell)
    put_text(copy, text)
    return copy


def note(sentence: str, cell: Cell) -> Cell:
    """Return a text cell with a sentence and, below it, another cell as it is, not to be run."""
    text = text_of(cell)
    shown = f"````python\n{text}\n````" if cell["cell_type"] == "code" else text
    return {
        "cell_type": "markdown",
        "metadata": {},
        "source": f"*`grader update`:* {sentence}\n\n{shown}",
    }
