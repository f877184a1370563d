"""The files of a folder of results that tell of somebody, and where a person must look."""

import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.forget.names import Scrub
from grader.forget.plan import BOOK, Plan
from grader.policy.load import EXTENSIONS_FILE
from grader.results import Results
from grader.store.removal import Key


def pages(out: Path, keys: Iterable[Key]) -> Iterator[str]:
    """Remove the pages and notebooks of hand-ins."""
    for _, submission in keys:
        for file in (
            out / "feedback" / f"{submission}.html",
            out / "notebooks" / f"{submission}.ipynb",
        ):
            if file.exists():
                file.unlink()
                yield str(file.relative_to(out))


def derived(out: Path, scrub: Scrub, plan: Plan) -> Iterator[str]:
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


def to_look_at(results: Results, plan: Plan) -> Iterator[str]:
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
