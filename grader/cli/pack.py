"""`grader pack`: the hand-in as one zip: names, notebook, PDF, receipt."""

import sys
import zipfile
from pathlib import Path

import click

from grader.errors import Refused, UsageError


@click.command(name="pack")
@click.argument("notebook", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--name", "names", multiple=True, help="A member of the group; once for each.")
@click.option("--out", type=click.Path(path_type=Path), help="The folder for the zip.")
@click.option(
    "--pdf",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A PDF made by other means, instead of one made here.",
)
@click.option("--verify", is_flag=True, help="Hold the receipt in a zip against its files instead.")
def command(
    notebook: Path, names: tuple[str, ...], out: Path | None, pdf: Path | None, verify: bool
) -> None:
    """Pack NOTEBOOK for handing in: notebook, PDF and receipt in one zip beside it.

    Reads the names from MEMBERS, and asks for them where they are blank. Runs nothing: what is
    stored in the notebook is what is handed in. With --verify, NOTEBOOK is a zip that was packed.

    \b
    Examples:
      grader pack 05_flow.ipynb
      grader pack 05_flow.ipynb --name "Ada Alder" --name "Bo Birch"
      grader pack --verify 05_flow_Alder_Birch.zip
    """
    if verify:
        check_receipts(notebook)
        return
    from grader.cli.reading import in_its_folder, notebook_bytes
    from grader.packing.pack import Wish, named, pack

    data = notebook_bytes(notebook)
    assignment = in_its_folder(notebook, data)
    members, is_new = group(data, names, assignment.rules.group_size)
    data = named(data, members) if is_new else data
    folder = out or notebook.resolve().parent
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}. Make it, or name another with --out.")
    parcel = pack(assignment, notebook.resolve(), data, Wish(members, folder, pdf))
    people = " and ".join(filter(None, [", ".join(members[:-1]), members[-1]]))
    click.echo(f"{parcel.zip} ({parcel.size / 1e6:.1f} MB), handed in by {people}:")
    for file in parcel.files:
        by = f", made by {parcel.pdf_by}" if file.endswith(".pdf") else ""
        click.echo(f"  {file}{by}")
    if is_new:
        click.echo(f"The names stand in the packed copy; {notebook.name} itself is as it was.")
    for remark in parcel.remarks:
        click.echo(f"! {remark}")
    click.echo("Upload the zip as it is, and keep a copy: the receipt in it tells what you packed.")


def group(data: bytes, names: tuple[str, ...], size: int) -> tuple[tuple[str, ...], bool]:
    """Return the names of the group, and whether they are not in the notebook yet."""
    from grader.notebook.names import members
    from grader.notebook.read import read_notebook
    from grader.packing.pack import clean_names

    found = members(read_notebook(data))
    if names:
        given = clean_names(names)
        if found and found != given:
            raise UsageError(
                f"The notebook says {' and '.join(found)}, and --name {' and '.join(given)}. "
                "Make MEMBERS in the notebook right, or leave --name out."
            )
        return given, not found
    if found:
        return clean_names(found), False
    if not sys.stdin.isatty():
        raise UsageError(
            'MEMBERS in the notebook is blank. Fill it in, or say --name "First Last" for each '
            "member of the group."
        )
    click.echo("MEMBERS in the notebook is blank. Write the names as on the course site.")
    count = size or click.prompt("How many are you?", type=click.IntRange(1, 10))
    return clean_names([click.prompt(f"Name {number}") for number in range(1, count + 1)]), True


def check_receipts(path: Path) -> None:
    """Say of each hand-in in a zip whether its receipt fits; raises `Refused` when one does not."""
    from grader.notebook.bundle import take_in
    from grader.notebook.receipt import is_there, misfits

    if not zipfile.is_zipfile(path):
        raise UsageError(
            f"{path} is no zip, or only a part of one. Name the zip that `grader pack` has made."
        )
    wrong = False
    for submission in take_in([path]):
        hand_in = submission.load()
        found = misfits(hand_in) if is_there(hand_in) else ["There is no receipt."]
        wrong |= bool(found)
        for line in found or ["The receipt fits every file."]:
            click.echo(f"{submission.name}: {line}")
    if wrong:
        raise Refused("Not everything is as it was packed.")
