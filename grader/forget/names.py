"""The texts that name somebody, and taking them out of what others have written."""

import html
import json
import re
from collections.abc import Iterable, Iterator

from grader.model import Grade, HandIn
from grader.roster import Student

REMOVED = "[removed]"
LONG = 6
# TRAP: in JSON the letter before a name may be that of an escaped line end.
BEGIN = r"(?:(?<![^\W_])|(?<=\\[nrt]))"
# A list of names in a notebook, where a short name or a number means a person.
LIST = re.compile(r"MEMBERS\s*=\s*[\[(][^\])]*[\])]")


def names_of(student: Student, own: Iterable[Grade]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return every text that names somebody: those that do so anywhere, and bare ones."""
    person = student.person
    texts = {person.name, person.account, person.email, *student.other_names}
    for grade in own:
        for other in grade.origin.people:
            if student.answers_to(other.name) or (other.id and other.id == person.id):
                texts |= {other.name, other.account, other.email}
        texts |= {name for name in grade.members if student.answers_to(name)}
    for text in list(texts):
        last, comma, first = text.partition(",")
        if comma:
            texts.add(f"{first.strip()} {last.strip()}")
        elif len(words := text.split()) > 1:
            texts.add(f"{words[-1]}, {' '.join(words[:-1])}")
            texts.add(f"{words[-1]}{''.join(words[:-1])}".casefold())
    texts = {text.strip() for text in texts} - {""}
    wide = {text for text in texts if is_telling(text)}
    return tuple(sorted(wide, key=lambda t: (-len(t), t))), tuple(sorted(texts - wide))


def is_telling(text: str) -> bool:
    """Tell whether a text names somebody wherever it stands; "Will" and "17" do not."""
    long = len(text) >= LONG and not text.isdigit()
    return "@" in text or " " in text or long


class Scrub:
    """Takes the names of students out of texts and out of what was handed in."""

    def __init__(self, needles: Iterable[str], bare: Iterable[str]) -> None:
        spelt, self._bare = set(needles), set(bare)
        # Letters as JSON spells them out, also those of a text in a cell of a notebook's JSON.
        for _ in range(2):
            spelt |= {json.dumps(text)[1:-1] for text in spelt}
        spelt |= {html.escape(text) for text in spelt}
        words = (r"[\s_]+".join(map(re.escape, text.split())) for text in sorted(spelt, key=len))
        any_of = "|".join(sorted(words, key=len, reverse=True)) or r"(?!)"
        self._wide = re.compile(rf"{BEGIN}(?:{any_of})(?![^\W_])", re.IGNORECASE)
        every = "|".join(map(re.escape, sorted({*spelt, *self._bare}, key=len, reverse=True)))
        self._quoted = re.compile(rf"""(\\?["'])\s*(?:{every or "(?!)"})\s*\1""", re.IGNORECASE)

    def text(self, text: str) -> str:
        """Return a text without the names."""
        return self._wide.sub(REMOVED, text)

    def name(self, text: str) -> str:
        """Return nothing for a name of the student, and any other as it is."""
        plain = text.strip()
        return "" if plain in self._bare or self._wide.fullmatch(plain) else self.text(text)

    def names(self, text: str) -> bool:
        """Tell whether a text names the student."""
        return bool(self._wide.search(text))

    def hand_in(self, hand_in: HandIn) -> HandIn:
        """Return a hand-in without the names; a file that may hide one stays as an empty file."""
        if not self._is_in(hand_in.notebook) and not any(map(self._is_in, _parts(hand_in))):
            return hand_in
        files = tuple(
            (self._wide.sub("removed", name), b"" if self._may_hide(name, data) else data)
            for name, data in hand_in.files
        )
        return HandIn(self.source(hand_in.notebook), files)

    def source(self, data: bytes) -> bytes:
        """Return the bytes of a notebook, however damaged, without the names."""
        text = data.decode("utf-8", "surrogateescape")
        text = LIST.sub(lambda found: self._quoted.sub(r"\1\1", found[0]), text)
        return self._wide.sub(REMOVED, text).encode("utf-8", "surrogateescape")

    def _is_in(self, data: bytes) -> bool:
        text = data.decode("utf-8", "surrogateescape")
        lists = (found[0] for found in LIST.finditer(text))
        return bool(self._wide.search(text) or any(map(self._quoted.search, lists)))

    def _may_hide(self, name: str, data: bytes) -> bool:
        return name.lower().endswith((".pdf", ".zip", ".docx", ".ipynb")) or self._is_in(data)


def _parts(hand_in: HandIn) -> Iterator[bytes]:
    for name, data in hand_in.files:
        yield name.encode("utf-8", "surrogateescape")
        yield data
