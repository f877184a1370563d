"""Forget a student: everything of theirs in a folder of results, and their name in what stays."""

import html
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.classlist import Owners, owners
from grader.errors import UsageError
from grader.marking.events import Event
from grader.marking.given import digest_of
from grader.model import Grade, HandIn
from grader.notebook.bundle import safe_name
from grader.policy.tables import EXTENSIONS_FILE
from grader.regrade import LOG, log_text
from grader.results import Results
from grader.roster import Student
from grader.store.gradebook import Gradebook
from grader.store.removal import Key, Removal, remove

REMOVED = "[removed]"
BOOK = "gradebook.sqlite"
LONG = 6
# TRAP: in JSON the letter before a name may be that of an escaped line end.
BEGIN = r"(?:(?<![^\W_])|(?<=\\[nrt]))"
# A list of names in a notebook, where a short name or a number means a person.
LIST = re.compile(r"MEMBERS\s*=\s*[\[(][^\])]*[\])]")


@dataclass(frozen=True)
class Plan:
    """What forgetting somebody will do: hand-ins that go, and those that stay with others.

    `needles` are texts that name the student wherever they stand; `bare` are names of one word and
    short accounts, which mean them only where somebody is named.
    """

    student: Student
    gone: tuple[Grade, ...]
    shared: tuple[tuple[Grade, tuple[Student, ...]], ...]
    needles: tuple[str, ...]
    bare: tuple[str, ...]
    number: int | None
    renamed: dict[Key, Key] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What was removed from the folder beside the gradebook, and where a person must look."""

    files: tuple[str, ...]
    look: tuple[str, ...]


def plan_for(out: Path, text: str) -> Plan:
    """Return what forgetting the student whom a text names would do; raises `UsageError`."""
    if not (out / BOOK).is_file():
        raise UsageError(f"{out} holds no gradebook. Name the folder that `grader grade` wrote.")
    with Gradebook(out / BOOK) as book:
        grades = book.grades()
        found = owners(book.roster.students(), grades)
        student = the_one(found, text)
        number = book.roster.number_of(student.key)
    own = [grade for grade in grades if found.owns(student, grade)]
    mates = {id(g): [s for s in found.of_grade(g) if s.key != student.key] for g in own}
    shared = tuple((grade, tuple(mates[id(grade)])) for grade in own if mates[id(grade)])
    gone = tuple(grade for grade in own if not mates[id(grade)])
    needles, bare = names_of(student, own)
    others = [s for s in found.students.values() if s.key != student.key]
    # Of two people of one name, the other keeps it.
    needles = tuple(text for text in needles if not any(s.answers_to(text) for s in others))
    plan = Plan(student, gone, shared, needles, bare, number)
    taken = {grade.submission for grade in grades}
    return replace(plan, renamed=dict(_renamed(plan, taken)))


def the_one(found: Owners, text: str) -> Student:
    """Return the student whom a text names; raises `UsageError` for none or several."""
    named = [student for student in found.students.values() if student.answers_to(text)]
    if len(named) == 1:
        return named[0]
    if not named:
        raise UsageError(f"Nobody in this gradebook is called {text}.")
    told = ", ".join(f"{student.name} ({student.key})" for student in named)
    raise UsageError(f"{text} may be {told}. Give the account, the number or the address.")


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
    wide = {text for text in texts if _is_telling(text)}
    return tuple(sorted(wide, key=lambda t: (-len(t), t))), tuple(sorted(texts - wide))


def _is_telling(text: str) -> bool:
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


def _renamed(plan: Plan, taken: set[str]) -> Iterator[tuple[Key, Key]]:
    """Yield new names for hand-ins of others that are called after whom is forgotten."""
    scrub = Scrub(plan.needles, plan.bare)
    for grade, mates in plan.shared:
        if scrub.names(grade.submission) or _named_after(grade.submission, plan):
            name = base = safe_name(" and ".join(mate.name for mate in mates))
            count = 1
            while name in taken:
                count += 1
                name = f"{base} ({count})"
            taken.add(name)
            yield (grade.assignment, grade.submission), (grade.assignment, name)


def _named_after(submission: str, plan: Plan) -> bool:
    return any(submission == text or submission.startswith(f"{text}_") for text in plan.bare)


def forget(results: Results, plan: Plan) -> Done:
    """Remove everything of a student from the folder of a run; others' hand-ins stay.

    To be called with the gradebook open by nobody else.
    """
    scrub, out = Scrub(plan.needles, plan.bare), results.out
    gone = frozenset((grade.assignment, grade.submission) for grade in plan.gone)
    _rewrite_marks(out / BOOK, gone, plan, scrub)
    removal = Removal(
        gone,
        plan.renamed,
        scrub.text,
        scrub.name,
        scrub.hand_in,
        plan.number,
        frozenset({plan.student.key}),
    )
    remove(out / BOOK, removal)
    files = [*_pages(out, [*gone, *plan.renamed]), *_derived(out, scrub, plan)]
    with results:
        results.grades = results.book.grades()
        results.restore()
        results.write(None, None)
        if (log := log_text(results.book.regrades).strip()) or (out / LOG).exists():
            (out / LOG).write_text(log + "\n", encoding="utf-8")
    files += _derived(out, scrub, plan)
    return Done(tuple(dict.fromkeys(files)), tuple(_to_look_at(results, plan)))


def _rewrite_marks(file: Path, gone: frozenset[Key], plan: Plan, scrub: Scrub) -> None:
    """Take hand-ins and names out of the journal of marks; events are named by their content."""
    with Gradebook(file) as book:
        _, events = book.marks.events()
        answers = _answers(book, plan, scrub)
        kept = [e for e in events if (e.register.assignment, e.register.subject) not in gone]
        new = rewritten(kept, lambda event: _without(event, plan, scrub, answers))
        if new != events:
            book.marks.replace_all(new)


def _answers(book: Gradebook, plan: Plan, scrub: Scrub) -> dict[str, str]:
    """Return what marks say they are for, before and after: answers and hand-ins as digests."""
    found = {}
    for grade, _ in plan.shared:
        for question in grade.questions:
            found[digest_of(question.text)] = digest_of(scrub.text(question.text))
        hand_in = book.kept.hand_in(grade.digest)
        if hand_in is not None:
            found[grade.digest] = scrub.hand_in(hand_in).digest
    return found


def _without(event: Event, plan: Plan, scrub: Scrub, answers: dict[str, str]) -> Event:
    key = (event.register.assignment, event.register.subject)
    register = replace_struct(event.register, subject=plan.renamed.get(key, key)[1])
    changes: dict[str, object] = {"register": register}
    for name in ("given", "before_given"):
        if (given := getattr(event, name)) is not None:
            changes[name] = replace_struct(
                given,
                comment=scrub.text(given.comment),
                note=scrub.text(given.note),
                answer=answers.get(given.answer, given.answer),
            )
    for name in ("entry", "before_entry"):
        if (entry := getattr(event, name)) is not None:
            changes[name] = replace_struct(entry, text=scrub.text(entry.text))
    return replace_struct(event, **changes)


def replace_struct(value: object, **changes: object) -> "Event":
    """Return a record with some fields changed."""
    import msgspec

    return msgspec.structs.replace(value, **changes)  # type: ignore[type-var, return-value]


def rewritten(events: Sequence[Event], change: Callable[[Event], Event]) -> list[Event]:
    """Return events after a change, each naming those it replaces by their new names."""
    names: dict[str, str] = {}
    new = []
    for event in sorted(events, key=lambda event: event.place):
        changed = change(event)
        replaces = tuple(names[old] for old in changed.replaces if old in names)
        changed = replace_struct(changed, replaces=replaces)
        names[event.id] = changed.id
        new.append(changed)
    return new


def _pages(out: Path, keys: Iterable[Key]) -> Iterator[str]:
    """Remove the pages and notebooks of hand-ins."""
    for _, submission in keys:
        for file in (
            out / "feedback" / f"{submission}.html",
            out / "notebooks" / f"{submission}.ipynb",
        ):
            if file.exists():
                file.unlink()
                yield str(file.relative_to(out))


def _derived(out: Path, scrub: Scrub, plan: Plan) -> Iterator[str]:
    """Remove every other file that names the student: tables, reports, archives, leftovers."""
    bare = {f"{text}.html" for text in plan.bare} | set(plan.bare)
    for path in sorted(out.rglob("*"), reverse=True):
        name = str(path.relative_to(out))
        if path.name == BOOK or not path.exists():
            continue
        if path.is_dir():
            if path.name.startswith(".slurm-") or scrub.names(path.name) or path.name in bare:
                shutil.rmtree(path)
                yield f"{name}/"
        elif scrub.names(path.name) or path.name in bare or _tells(path, scrub):
            path.unlink()
            yield name


def _tells(path: Path, scrub: Scrub) -> bool:
    if not path.is_file():
        return False
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return any(
                scrub.names(info.filename) or _names_in(archive.read(info), scrub)
                for info in archive.infolist()
            )
    return _names_in(path.read_bytes(), scrub)


def _names_in(data: bytes, scrub: Scrub) -> bool:
    return scrub.names(data.decode("utf-8", "surrogateescape"))


def _to_look_at(results: Results, plan: Plan) -> Iterator[str]:
    """Yield sentences on what cannot be known to be free of the name, or is out of reach."""
    parts = {word for text in (*plan.needles, *plan.bare) for word in re.split(r"[^\w]+", text)}
    words = [word for word in parts if len(word) > 2 and not word.isdigit() and "@" not in word]
    found = re.compile(
        "|".join(rf"\b{re.escape(word)}\b" for word in words) or r"(?!)", re.IGNORECASE
    )
    for kind in ("feedback", "notebooks"):
        for file in sorted((results.out / kind).glob("*")):
            if found.search(file.read_text(encoding="utf-8", errors="replace")):
                yield f"{kind}/{file.name} holds a part of the name: look whether it means them."
    for grade, mates in plan.shared:
        names = " and ".join(mate.name for mate in mates)
        yield (
            f"A hand-in for {grade.assignment or 'no assignment'} stays, because it is {names}'s "
            "too: grade, answers and code. Pictures in it were not looked into."
        )
    extensions = results.course.root / EXTENSIONS_FILE
    if extensions.exists() and Scrub(plan.needles, plan.bare).names(
        extensions.read_text(encoding="utf-8")
    ):
        yield f"{extensions} names them: take the entry out."
