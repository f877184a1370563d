"""In which order a class is marked, what answers are called, and which ones two people mark."""

import base64
import unicodedata
from collections.abc import Iterable

from grader.marking.ledger import Part
from grader.seeding import derive_seed

ALL = 1 << 63


def normal(text: str) -> str:
    """Return a text so that it equals every other that differs in white space alone."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def pseudonym(seed: str, part: Part, submission: str) -> str:
    """Return what a submission is called while this part is marked, such as `k7f3-q2xa`.

    It is another one for each question, so that nobody is recognised by an earlier answer.
    """
    number = derive_seed(seed, "name", part.assignment, part.name, submission)
    letters = base64.b32encode(number.to_bytes(8, "big")).decode().lower()[:8]
    return f"{letters[:4]}-{letters[4:]}"


def shuffled(seed: str, part: Part, marker: str, names: Iterable[str]) -> list[str]:
    """Return names in this marker's own order for a part: at random, and always the same."""
    key = (seed, "order", part.assignment, part.name, marker)
    return sorted(names, key=lambda name: (derive_seed(*key, name), name))


def is_double(part: Part, answer: str, share: float) -> bool:
    """Tell whether two people mark an answer, by its digest: the same ones in every copy.

    Equal answers are marked as one, so two mark all of them or none.
    """
    return derive_seed("double", part.assignment, part.name, answer) < share * ALL
