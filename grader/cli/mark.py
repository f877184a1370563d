"""`grader mark`: mark answers by hand in the browser, alone or with others."""

import re
import sys
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import course_option
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.results import Results
    from grader.web.room import Room

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def share(context: click.Context, option: click.Parameter, text: str) -> float:
    """Return a share such as `10%` as a number from 0 to 1."""
    number = text.strip().removesuffix("%")
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", number) or float(number) > 100:
        raise click.BadParameter("say a share of the answers, such as 10%")
    return float(number) / 100


@click.command(name="mark")
@click.argument(
    "graded",
    default=Path("graded"),
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="[GRADED_DIR]",
)
@click.argument(
    "files",
    nargs=-1,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="[FILE]...",
)
@click.option(
    "--marker",
    "markers",
    multiple=True,
    metavar="NAME",
    help="Who marks; several, if several do at once.",
)
@click.option(
    "--double",
    default="0%",
    callback=share,
    metavar="SHARE",
    help="Which share of the answers two people mark.",
)
@click.option(
    "--merge", "merges", is_flag=True, help="Take in the FILEs of other markers, and mark nothing."
)
@click.option(
    "--status", is_flag=True, help="Only tell how far one is, and what is left to decide."
)
@click.option(
    "--port",
    default=8421,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Where the page is.",
)
@course_option
def command(
    graded: Path,
    files: tuple[Path, ...],
    markers: tuple[str, ...],
    double: float,
    merges: bool,
    status: bool,
    port: int,
    course: Path | None,
) -> None:
    """Mark the answers of GRADED_DIR by hand, on a page in the browser of this machine.

    Each marker has an address of their own, which works once. What somebody does is saved at once,
    in the gradebook and in GRADED_DIR/marks/NAME.jsonl; with --merge the FILEs of others are taken
    in, in any order and as often as you like.

    \b
    Examples:
      grader mark graded
      grader mark graded --marker vera --marker tom --double 10%
      grader mark graded --merge vera.jsonl tom.jsonl
    """
    from grader.results import Results
    from grader.settings import find_course
    from grader.web.room import Room

    if not (graded / "gradebook.sqlite").is_file():
        raise UsageError(f"{graded} holds no gradebook. Name the folder that `grader grade` wrote.")
    if bool(files) != merges:
        raise UsageError("Name files and --merge together: grader mark GRADED_DIR --merge FILE...")
    with Results(find_course(course or Path.cwd()), graded) as results:
        room = Room(results.course, results.book, double=double)
        room.prepare()
        if merges:
            merge(room, files)
        elif not status:
            serve(room, graded, checked(markers), port)
        is_decided = tell(room)
        publish(results)
    sys.exit(0 if is_decided or not (merges or status) else 1)


def checked(names: tuple[str, ...]) -> list[str]:
    """Return the names of markers, the user's own without any; raises `UsageError` for others."""
    from grader.regrade import user

    for name in names or (user(),):
        if not NAME.fullmatch(name):
            raise UsageError(
                f"{name!r} cannot be the name of a marker: use --marker with at most 40 letters, "
                "digits, dots, hyphens and underscores."
            )
    return list(dict.fromkeys(names or (user(),)))


def serve(room: "Room", graded: Path, markers: list[str], port: int) -> None:
    """Run the page until Ctrl-C."""
    from grader.web.serve import Screen

    screen = Screen(room, graded, markers, port)
    for marker, address in screen.addresses.items():
        click.echo(f"{marker}: {address}")
    click.echo("Each address works once. Stop with Ctrl-C; everything is saved as you go.")
    with suppress(KeyboardInterrupt):
        screen.run()


def merge(room: "Room", files: tuple[Path, ...]) -> None:
    """Take in the journals of markers, all of them or none."""
    from grader.marking.events import read_journal

    known, journals = set(room.ledger.events), {file: file.read_bytes() for file in files}
    found = {e.id: e for file, data in journals.items() for e in read_journal(file, data)}
    new = [event for name, event in found.items() if name not in known]
    room.book.marks.add(new)
    room.catch_up()
    click.echo(
        f"{len(new)} new {'change' if len(new) == 1 else 'changes'}, {len(found) - len(new)} known."
    )
    for file, data in journals.items():
        if data and not data.endswith(b"\n"):
            click.echo(
                f"! {file} breaks off in its last line, which was left out. Ask for the file once "
                "more.",
                err=True,
            )


def tell(room: "Room") -> bool:
    """Print how far everything is, what two have marked differently, and how far people agree.

    Tells whether nothing is left to decide between them.
    """
    from grader.marking.ledger import State
    from grader.reports.text import decimal, one_line

    room.catch_up()
    topics, conflicts = room.topics(), 0
    for topic in topics:
        progress = room.progress(topic, "")
        where = one_line(f"{topic.part.assignment} {topic.title}")
        click.echo(f"{where}: {progress.done} of {progress.total} done")
        for work in room.works(topic):
            standing = room.standing(topic, work)
            if standing.state is State.conflict:
                conflicts += 1
                given = [(e.marker, e.given) for e in standing.heads if e.given and e.given.done]
                given.sort(key=itemgetter(0))
                marks = ", ".join(
                    f"{marker} {decimal(room.ledger.worth(topic.part, mark, work.most))}"
                    for marker, mark in given
                )
                click.echo(one_line(f"! {work.name}: marked differently: {marks}"))
    found = room.agreement([topic for topic in topics if topic.kind == "question"])
    if found.answers:
        alpha = "undefined (all equal)" if found.alpha is None else f"{found.alpha:.2f}"
        answers = "1 answer" if found.answers == 1 else f"{found.answers} answers"
        click.echo(
            f"{answers} marked twice: Krippendorff's alpha {alpha}, mean difference "
            f"{100 * (found.difference or 0):.0f} % of the maximum"
        )
    return not conflicts


def publish(results: "Results") -> None:
    """Write the pages and tables that have become out of date."""
    click.echo("Bringing feedback pages and tables up to date.")
    results.catch_up()
    results.write_tables()
