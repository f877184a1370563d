"""A large made-up class: independent people who all solve the same exercises, and a few copies."""

import json
import random
from pathlib import Path

from tests.similarity.disguises import DISGUISES
from tests.similarity.stage import Stage

WORDS = """
the map is uniform because function strictly increasing probability value of sample under
which we see that both sides agree for every point density mass inverse line area small large
number therefore distribution moved left right interval where slope derivative
"""


def write_crowd(folder: Path, name: str, size: int, copies: int, seed: int = 0) -> list[set[str]]:
    """Write so many hand-ins, some of them disguised copies; return the pairs that are copies.

    Everybody chooses among the right programs for each exercise and then writes it their own way:
    other numbers of helpers, asserts and names, for a class of five hundred is larger than the
    catalogue.
    """
    stage, rng = Stage(name), random.Random(seed)
    kept = frozenset(stage.programs)
    written: list[dict[str, str]] = []
    for _ in range(size - copies):
        chosen = {e: rng.choice(p) for e, p in stage.programs.items()}
        written.append({e: _own_way(s, kept, rng) for e, s in chosen.items()})
    planted = []
    for number in range(copies):
        copied = {
            exercise: DISGUISES["renamed"]([source], kept, rng)[0]
            for exercise, source in written[number].items()
        }
        written.append(copied)
        planted.append({f"p{number:03d}", f"p{size - copies + number:03d}"})
    for at, wrote in enumerate(written):
        place = folder / f"p{at:03d}"
        place.mkdir(parents=True)
        document = stage.hand_in(wrote, (f"Person {at}", f"Friend {at}"), _answer(rng))
        (place / f"{name}.ipynb").write_text(json.dumps(document), encoding="utf-8")
    return planted


def _own_way(source: str, kept: frozenset[str], rng: random.Random) -> str:
    # Whoever writes it anew leaves out the comments of the catalogue.
    source = DISGUISES["comments"]([source], kept, rng)[0]
    for name in ("dead code", "other loops", "renamed"):
        if rng.random() < 0.5:
            source = DISGUISES[name]([source], kept, rng)[0]
    return source


def _answer(rng: random.Random) -> str:
    return " ".join(rng.choices(WORDS.split(), k=rng.randrange(30, 90)))
