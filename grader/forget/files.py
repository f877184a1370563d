"""The files of a folder of results that tell of somebody, and where a person must look."""

import shutil
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.forget.marks import journals_of
from grader.forget.names import Scrub, is_telling
from grader.forget.places import places
from grader.forget.plan import BOOK, Plan
from grader.policy.load import EXTENSIONS_FILE
from grader.results import Results
from grader.store.layout import notebook_of, page_of

MADE = (
    "for-students", "feedback-*.zip", "marks.csv", "report.html", "similar.html",
    "texts-to-review.csv", "moodle.csv", "canvas.csv", "junit.xml", "scores.json", "nbgrader.csv",
    "gradescope",
)  # fmt: skip


def files_of(out: Path, plan: Plan) -> list[Path]:
    """Return what has to go: pages of their hand-ins, and every other file that names somebody.

    Of the gradebook and the journals of markers only a part goes; they are not among them. What
    other commands make goes in any case: it may tell of somebody without a name.
    """
    keys = [*((grade.assignment, grade.submission) for grade in plan.gone), *plan.renamed]
    own = {out / file for key in keys for file in (page_of(*key), notebook_of(*key))}
    called = {submission for _, submission in keys if is_telling(submission)}
    scrub = Scrub({*plan.needles, *called}, plan.bare)
    found = {
        path
        for path in _ours(out)
        if path in own or is_made(path.relative_to(out)) or _tells_of(path, scrub, plan)
    }
    return sorted(path for path in found if found.isdisjoint(path.parents))


def is_made(place: Path) -> bool:
    """Tell whether a command other than those that grade and mark makes this file or folder."""
    return len(place.parts) == 1 and any(map(place.match, MADE))


def take_away(paths: Iterable[Path], out: Path) -> list[str]:
    """Remove files and folders; returns their names."""
    gone = []
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
        else:
            continue
        gone.append(str(path.relative_to(out)))
    return gone


def _ours(out: Path) -> Iterator[Path]:
    journals = set(journals_of(out))
    for path in sorted(out.rglob("*"), reverse=True):
        if path != out / BOOK and path not in journals:
            yield path


def _tells_of(path: Path, scrub: Scrub, plan: Plan) -> bool:
    named = scrub.names(path.name) or path.name in plan.bare
    if path.is_dir():
        # What a cluster was sent and never finished: hand-ins of anybody.
        return named or path.name.startswith(".slurm-")
    return named or _tells(path, scrub)


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
    yield from places(results, plan)
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
