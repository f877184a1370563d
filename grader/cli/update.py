"""`grader update`: bring a notebook and the files beside it to a newer release."""

from pathlib import Path

import click

from grader.errors import UsageError


@click.command(name="update")
@click.argument("notebook", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--release",
    required=True,
    type=click.Path(path_type=Path, exists=True),
    help="The newer release: its folder, or the zip of it.",
)
def command(notebook: Path, release: Path) -> None:
    """Merge a newer release into NOTEBOOK: what was given is renewed, what you wrote stays.

    Your code and your answers keep their places, exercise by exercise. The checks and the data
    beside the notebook are renewed, too. Everything as it was is kept in a folder before-update-1.

    \b
    Example:
      grader update 05_flow.ipynb --release Downloads/release.zip
    """
    from grader.cli.reading import in_its_folder, notebook_bytes
    from grader.updating.apply import released, update

    path = notebook.resolve()
    assignment = in_its_folder(path, notebook_bytes(path))
    with released(release, assignment.name) as folder:
        if folder.resolve() == path.parent:
            raise UsageError("--release names the folder of the notebook itself.")
        done = update(assignment, path, folder)
    click.echo(f"{notebook.name}: version {done.old} → {done.new}. Your work is in its place.")
    for sentence in done.told:
        click.echo(f"! {sentence}")
    if done.renewed:
        click.echo(f"Renewed beside it: {', '.join(done.renewed)}.")
    click.echo(f"As it was, everything is in {done.backup.name}. Open the notebook anew.")
