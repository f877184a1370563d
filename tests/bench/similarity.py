"""Do planted copies rank above all pairs of independent solutions?

For each assignment classes are made up in which no two students share a program of any exercise,
and every student has a copy planted in one disguise. What most right programs share is not taken
out, as `grader similar` would: that is harder. Run as `python -m tests.bench.similarity`.
"""

import random
import sys
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from grader.similarity.background import background
from grader.similarity.code import fragments
from grader.similarity.index import Index, document
from tests.similarity.disguises import DISGUISES
from tests.similarity.stage import ASSIGNMENTS, Stage

ROUNDS = 5


@dataclass
class Measured:
    """The scores of copies under one disguise, and of independent pairs in the same classes."""

    copies: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    # In each class: independent pairs that are above its lowest copy, and copies above the line.
    above: int = 0
    found: int = 0
    false: int = 0

    @property
    def auc(self) -> float:
        """The chance that a copy scores higher than an independent pair, over all classes."""
        wins = sum((c > o) + 0.5 * (c == o) for c in self.copies for o in self.others)
        return wins / (len(self.copies) * len(self.others))


def measure(name: str, rounds: int, seed: int = 1) -> dict[str, Measured]:
    """Return by disguise what was measured on one assignment."""
    stage, rng = Stage(name), random.Random(seed)
    given = frozenset(stage.programs)
    handed_out = frozenset(f.key for f in fragments(stage.skeleton, given))
    found: dict[str, Measured] = defaultdict(Measured)
    for students in stage.classes(rounds, rng):
        own = [document((f.key for f in fragments(s, given)), handed_out) for s in students]
        for kind, disguise in DISGUISES.items():
            copies = [disguise(s, given, random.Random(at)) for at, s in enumerate(students)]
            planted = [document((f.key for f in fragments(c, given)), handed_out) for c in copies]
            _add(found[kind], Index([*own, *planted]), len(own))
    return dict(found)


def _add(measured: Measured, index: Index, size: int) -> None:
    scores = index.scores()
    pairs = [(i, j) for j in range(2 * size) for i in range(j)]
    # A student and the copy of somebody else are independent, too.
    copies = [float(scores[i, j]) for i, j in pairs if j == i + size]
    others = [float(scores[i, j]) for i, j in pairs if j != i + size]
    line = background(np.array([*copies, *others]), 2 * size).line
    measured.copies += copies
    measured.others += others
    measured.above += sum(score >= min(copies) for score in others)
    measured.found += sum(score > line for score in copies)
    measured.false += sum(score > line for score in others)


def main() -> None:
    """Print the table of all assignments."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    print("| assignment | disguise | copies | lowest | independent pairs | highest |"
          " ranked above a copy | AUC | over the line: copies | others |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in ASSIGNMENTS:
        for kind, m in measure(name, rounds).items():
            print(f"| {name} | {kind} | {len(m.copies)} | {min(m.copies):.2f} | {len(m.others)} |"
                  f" {max(m.others):.2f} | {m.above} | {m.auc:.4f} | {m.found} | {m.false} |",
                  flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
