# ruff: noqa: INP001 - a script, not part of a package
"""Make tales.txt: 800 short sentences from a small grammar of our own.

Run it in this folder: python make_tales.py
"""

import random
from pathlib import Path

# Who does what to whom: the object depends on the verb, and the verb on the subject.
ACTS = {
    "mouse": {"steals": ["cheese", "bread", "grain"], "hides from": ["cat", "owl"]},
    "cat": {"chases": ["mouse", "bird"], "watches": ["mouse", "bird", "moon"]},
    "dog": {"chases": ["cat", "ball"], "barks at": ["moon", "farmer", "cat"]},
    "owl": {"watches": ["mouse", "barn"], "hears": ["mouse", "dog"]},
    "farmer": {"feeds": ["dog", "cat", "bird"], "calls": ["dog"], "bakes": ["bread"]},
}
WEIGHTS = {"mouse": 5, "cat": 4, "dog": 3, "owl": 2, "farmer": 2}
KINDS = {"mouse": ["small", "brave"], "cat": ["lazy", "old"], "dog": ["old", "brave"]}
PLACES = ["in the kitchen", "in the barn", "behind the old barn", "under the table"]
TIMES = ["at night", "every morning", "when it rains"]


def phrase(word: str, rng: random.Random) -> str:
    """Return a noun with its article, and sometimes with an adjective."""
    kind = f"{rng.choice(KINDS[word])} " if word in KINDS and rng.random() < 0.35 else ""
    return f"the {kind}{word}"


def sentence(rng: random.Random) -> str:
    """Return one sentence; its full stop is a word of its own."""
    [subject] = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))
    verb = rng.choice(list(ACTS[subject]))
    words = [phrase(subject, rng), verb, phrase(rng.choice(ACTS[subject][verb]), rng)]
    if rng.random() < 0.5:
        words.append(rng.choice(PLACES))
    if rng.random() < 0.3:
        words.append(rng.choice(TIMES))
    return " ".join([*words, "."])


if __name__ == "__main__":
    rng = random.Random(3)  # noqa: S311
    lines = [sentence(rng) for _ in range(800)]
    text = "\n".join(lines) + "\n"
    Path(__file__).with_name("tales.txt").write_text(text, encoding="utf-8")
