"""`grader anonymise`: results for research, without the people they are of."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import course_option
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.model import HandIn


@click.command(name="anonymise")
@click.argument("graded", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--salt",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file for the salt of the ids, to be kept apart; it is made if it is not there.",
)
@click.option("--throw-away-salt", is_flag=True, help="Ids that nobody can make again.")
@click.option(
    "--with-texts",
    "reviewed_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The reviewed list of texts; those with `yes` under `keep` go along.",
)
@course_option
def command(
    graded: Path,
    out: Path,
    salt: Path | None,
    throw_away_salt: bool,
    reviewed_file: Path | None,
    course: Path | None,
) -> None:
    """Write the results in GRADED into OUT without names, for research.

    With --salt all free texts are listed for review in GRADED. OUT holds none of them unless a
    person has read the list and given it back with --with-texts.

    \b
    Examples:
      grader anonymise graded research --throw-away-salt
      grader anonymise graded research --salt ../salt.txt
      grader anonymise graded research2 --salt ../salt.txt --with-texts graded/texts-to-review.csv
    """
    from grader.anonymous import (
        REVIEW,
        Ids,
        review_list,
        reviewed,
        salt_from,
        tables,
        texts,
    )
    from grader.classmarks import open_books
    from grader.classtable import write_private
    from grader.policy.load import load_policy
    from grader.settings import find_course

    ensure_sensible(graded, out, salt, reviewed_file, thrown=throw_away_salt)
    home = find_course(course or Path.cwd())
    book = open_books([graded])
    ids = Ids(salt_from(salt, out))
    files = dict(tables(book, ids, load_policy(home).zone))
    if reviewed_file is not None:
        files["texts.csv"] = reviewed(reviewed_file, book, ids)
    out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    click.echo(f"{out} written: {', '.join(files)}.")
    if salt is not None and reviewed_file is None:
        found = list(texts(book, kept(graded)))
        write_private(graded / REVIEW, review_list(found, ids))
        click.echo(f"{len(found)} texts are listed in {graded / REVIEW}; none of them is in {out}.")


def ensure_sensible(
    graded: Path, out: Path, salt: Path | None, reviewed_file: Path | None, *, thrown: bool
) -> None:
    """Raise `UsageError` where options do not go together, or a file would be lost."""
    from grader.anonymous import REVIEW, is_reviewed

    if (salt is None) != thrown:
        raise UsageError(
            "Say what becomes of the salt: --salt FILE keeps it, so that ids can be made again, "
            "--throw-away-salt does not."
        )
    if reviewed_file is not None and salt is None:
        raise UsageError("Texts go with the ids of the list: give the same --salt as for the list.")
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty. Name a new folder, so that nothing else goes along.")
    if salt is not None and reviewed_file is None and is_reviewed(graded / REVIEW):
        raise UsageError(
            f"{graded / REVIEW} has been reviewed, and this command would write it anew. Give it "
            "back with --with-texts, or put it somewhere else first."
        )


def kept(graded: Path) -> "dict[str, HandIn]":
    """Return the hand-ins in a gradebook, by digest."""
    from grader.store.gradebook import Gradebook

    with Gradebook(graded / "gradebook.sqlite") as book:
        found = {grade.digest: book.kept.hand_in(grade.digest) for grade in book.grades()}
    return {digest: hand_in for digest, hand_in in found.items() if hand_in is not None}
