"""Why a name is not there to be graded: in which cell it stands, and what became of that cell."""

import builtins
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.model import CellRun
from grader.notebook.bindings import Reading, blanks, read_code
from grader.notebook.read import Cell, Notebook
from grader.notebook.rules import listed

MAX_ERROR = 300
MAX_SIMILAR = 500
MAX_REACHED = 50
MAX_DEPTH = 2
MAX_NEEDED = 3
# Characters of one cell that are searched for a definition which is none.
MAX_TEXT = 20_000
# What may bring in names that nobody can see.
ANYTHING = re.compile(r"(?m)import[ \t]*\*|^[ \t]*%(?:run|pylab|load)|\b(?:exec|globals)\(")
MISSING = re.compile(r"The notebook defines no `(\w+)`\.")
STILL_BLANK = " is still blank."
UNDEFINED = re.compile(r"name '(\w+)' is not defined")


@dataclass(frozen=True)
class Evidence:
    """A notebook, the skeleton it was made from, and how it ran.

    `failed` holds, by index among the code cells, what each cell failed with; None if the notebook
    has not been run.
    """

    notebook: Notebook
    skeleton: Notebook
    failed: Mapping[int, str] | None = None

    @cached_property
    def readings(self) -> list[Reading]:
        """What each code cell binds and needs."""
        return [read_code(source) for source in self.notebook.code]

    @cached_property
    def blanks(self) -> list[frozenset[str]]:
        """What each code cell leaves blank."""
        return [blanks(source) for source in self.notebook.code]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name that the notebook itself speaks of: a message may claim anything."""
        return frozenset(re.findall(r"\w+", "\n".join(self.notebook.code)))

    def broken(self) -> Iterator[tuple[int, str]]:
        """Yield the code cells that are not Python, and why; of cells that did run, none."""
        for index, reading in enumerate(self.readings):
            # IPython takes more than Python does: where a cell ran, it knows better.
            if reading.problem and (self.failed is None or index in self.failed):
                yield index, reading.problem

    def binding(self, name: str) -> list[int]:
        """Return the code cells that bind a name."""
        return [index for index, reading in enumerate(self.readings) if name in reading.binds]

    def is_blank(self, name: str) -> bool:
        """Tell whether a name is still to be written, as far as the cell that counts goes."""
        return any(name in self.blanks[cell] for cell in self.binding(name)[-1:])


@dataclass(frozen=True)
class Place:
    """A line that reads like the definition of a name, somewhere in a notebook."""

    cell: Cell
    line: int
    indent: str
    comment: str
    # How many code cells there are before it.
    code: int


def failures(runs: Iterable[CellRun]) -> dict[int, str]:
    """Return what the cells that failed have failed with, by index."""
    return {run.index: _failure(run) for run in runs if not run.ok}


def cause(evidence: Evidence, name: str, told: Sequence[str] | None = None) -> str:
    """Return why the notebook has no `name`, or not the one that was meant; empty if unknown.

    `told` is what failed checks said of it, where it was run: names that it misses are looked for,
    too. Nothing but names and the student's own notebook is quoted.
    """
    if told is None:
        return _cause(evidence, name, MAX_DEPTH, is_gone=False)
    # TRAP: only its beginning is the checker's own; behind it the student's code may have written.
    missing = [match[1] for message in told if (match := MISSING.match(message))]
    raised = [found for message in told for found in UNDEFINED.findall(message)[:1]]
    needed = dict.fromkeys([*missing, *(found for found in raised if found in evidence.words)])
    others = [other for other in needed if other != name][:MAX_NEEDED]
    parts = [_cause(evidence, other, 1, is_gone=True) for other in others]
    if name in missing or evidence.binding(name):
        parts.insert(0, _cause(evidence, name, MAX_DEPTH, is_gone=name in missing))
    if any(message.startswith(f"`{name}") and STILL_BLANK in message for message in told):
        parts.append(_needs_blank(evidence, name))
    return " ".join(dict.fromkeys(filter(None, parts)))


def _cause(evidence: Evidence, name: str, depth: int, *, is_gone: bool) -> str:
    cells = evidence.binding(name)
    if not cells:
        return _absent(evidence, name)
    last, failed = cells[-1], evidence.failed or {}
    parts = [_several(evidence, name, cells)] if len(cells) > 1 else []
    needed: list[str] = []
    if last in failed:
        error = failed[last]
        parts.append(f"Code cell {last + 1} defines `{name}`, but stopped early: {_ended(error)}")
        needed = UNDEFINED.findall(error)[:MAX_NEEDED] if depth else []
    elif is_gone:
        parts.append(
            f"Code cell {last + 1} defines `{name}`, but it is gone at the end: look for `del` or "
            "`%reset` below."
        )
    else:
        parts += [_elsewhere(evidence, name, cells), _cut_off(evidence, name, last)]
    parts += [
        _cause(evidence, other, depth - 1, is_gone=True)
        for other in needed
        if other != name and other in evidence.words
    ]
    return " ".join(filter(None, parts))


def _needs_blank(evidence: Evidence, name: str) -> str:
    """Say which blank a definition that is written comes upon, if it is not blank itself."""
    if evidence.is_blank(name):
        return ""
    seen, todo = {name}, [name]
    while todo and len(seen) < MAX_REACHED:
        for cell in evidence.binding(todo.pop())[-1:]:
            for other in sorted(evidence.readings[cell].needs - seen):
                if evidence.is_blank(other):
                    number = evidence.binding(other)[-1] + 1
                    return f"`{name}` needs `{other}`, which code cell {number} leaves blank."
                seen.add(other)
                todo.append(other)
    return ""


def unresolved(evidence: Evidence) -> dict[str, list[int]]:
    """Return the names that functions look up and no cell binds, each with the cells needing it."""
    readings = evidence.readings
    if any(ANYTHING.search(source) for source in evidence.notebook.code):
        return {}
    bound = {name for reading in readings for name in reading.binds} | set(dir(builtins))
    found: dict[str, list[int]] = {}
    for index, reading in enumerate(readings):
        for name in sorted(reading.needs - bound):
            found.setdefault(name, []).append(index)
    return found


def _several(evidence: Evidence, name: str, cells: list[int]) -> str:
    """Say that a name is defined several times, if that is known to cost something, or may."""
    numbers = [index + 1 for index in cells]
    text = f"{listed(numbers, '', f'define `{name}`')}, and the last one counts."
    *before, last = [name in evidence.blanks[index] for index in cells]
    if last and not all(before):
        return f"{text} It is blank: delete it if another is meant."
    return "" if evidence.failed is None else text


def _absent(evidence: Evidence, name: str) -> str:
    """Say where a name stands that no cell binds, and why that does not count."""
    broken = dict(evidence.broken())
    for place in _places(evidence.notebook, name):
        return _stands(place, name, broken)
    return _nowhere(evidence, name, broken)


def _elsewhere(evidence: Evidence, name: str, cells: list[int]) -> str:
    """Say where else a name stands than in the cells that bind it, where one may have meant that.

    A definition that counts leaves other places without interest, but for cells that are torn.
    """
    start, broken = (
        re.compile(rf"(?m)^[ \t]*(?:async )?(?:def|class) +{name}\b"),
        dict(evidence.broken()),
    )
    is_sound = any(start.search(evidence.notebook.code[index]) for index in cells)
    for place in _places(evidence.notebook, name):
        is_code = place.cell.kind == "code"
        if is_code and place.code in cells:
            continue
        if not is_sound or (is_code and place.code in broken):
            return _stands(place, name, broken)
    if is_sound or not any(start.search(source) for source in evidence.skeleton.code):
        return ""
    return (
        f"Code cell {cells[-1] + 1} gives `{name}` a value, and no cell has a `def` or `class` of "
        "that name, as the notebook as given has."
    )


def _cut_off(evidence: Evidence, name: str, last: int) -> str:
    """Say so when a cell begins like the rest of a definition, right below or without running."""
    for index, source in enumerate(evidence.notebook.code):
        is_rest = source.lstrip("\n").startswith((" ", "\t")) and source.strip()
        # The rest of a class may run by itself: then it is the cell below that it was cut from.
        if is_rest and (index == last + 1 or index in (evidence.failed or {})):
            return (
                f"Code cell {index + 1} begins indented, as if it were the rest of a definition: "
                f"if it belongs to `{name}` in code cell {last + 1}, join the two."
            )
    return ""


def _stands(place: Place, name: str, broken: Mapping[int, str]) -> str:
    """Say why a definition in a certain place does not count."""
    number = f"code cell {place.code + 1}"
    if place.cell.kind != "code":
        where = f"after code cell {place.code}" if place.code else "above all code"
        return f"`{name}` stands in a text cell ({where}), which is not run: make it a code cell."
    if place.code in broken:
        return f"`{name}` stands in {number}, which is not Python: {_ended(broken[place.code])}"
    if place.cell.source.lstrip().startswith("%%"):
        magic = place.cell.source.split()[0][:40]
        return f"`{name}` stands in {number}, which begins with `{magic}` and defines nothing."
    if place.comment:
        return f"`{name}` stands in {number}, line {place.line}, as a comment only."
    if not place.indent:
        return (
            f"{number.capitalize()} defines `{name}` in line {place.line} and takes it away again: "
            "look for `del` below."
        )
    return (
        f"`{name}` is indented in {number}, line {place.line}: it belongs to what stands above it, "
        "not to the notebook."
    )


def _nowhere(evidence: Evidence, name: str, broken: Mapping[int, str]) -> str:
    text = f"No cell defines `{name}`"
    similar = _similar(evidence, name)
    if similar is not None:
        index, other = similar
        return f"{text}, but code cell {index + 1} defines `{other}`: the name is what counts."
    if broken:
        told = [f"code cell {index + 1} is not Python ({why})" for index, why in broken.items()]
        return f"{text}; {' and '.join(told[:3])}."
    given = [source for source in evidence.skeleton.code if name in read_code(source).binds]
    lines = [line for source in given for line in source.splitlines() if line.strip()]
    return (
        f"{text}; the notebook as given has it in the cell `{lines[0][:80]}`."
        if lines
        else f"{text}."
    )


def _similar(evidence: Evidence, name: str) -> tuple[int, str] | None:
    """Return the cell and the name of something new that is called nearly the same."""
    given = {bound for source in evidence.skeleton.code for bound in read_code(source).binds}
    new = {
        bound.lower(): (index, bound)
        for index, reading in enumerate(evidence.readings)
        for bound in sorted(reading.binds - given)
    }
    close = difflib.get_close_matches(name.lower(), list(new)[:MAX_SIMILAR], n=1, cutoff=0.75)
    return new[close[0]] if close else None


def _places(notebook: Notebook, name: str) -> Iterator[Place]:
    """Yield where a name seems to be defined: code first, then text."""
    # Any white space: an odd one may be what is wrong. Bounded, as no line is to be read often.
    blank = r"[^\S\n]"
    pattern = re.compile(
        rf"^(?P<indent>{blank}*)(?P<comment>#[# \t]*)?"
        rf"(?:(?:async{blank}+)?(?:def|class){blank}+{name}\b"
        rf"|(?:from\b.{{0,200}})?import\b.{{0,400}}\b{name}\b"
        rf"|{name}{blank}*(?::[^=\n]+)?=(?!=))",
        re.MULTILINE,
    )
    found, code = [], 0
    for cell in notebook.cells:
        match = pattern.search(cell.source[:MAX_TEXT])
        if match:
            line = cell.source.count("\n", 0, match.start()) + 1
            comment = match["comment"] or ""
            found.append(Place(cell, line, match["indent"], comment, code))
        code += cell.kind == "code"
    yield from sorted(found, key=lambda place: place.cell.kind != "code")


def _failure(run: CellRun) -> str:
    for output in run.outputs:
        if output.get("output_type") == "error":
            text = f"{output.get('ename')}: {output.get('evalue')}"
            return re.sub(r"\s+", " ", text)[:MAX_ERROR]
    return run.note or "it gave no reason"


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
