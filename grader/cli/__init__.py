"""The command line: parse, call, print."""

import sys
from importlib import import_module

import click

from grader.errors import GraderError, Interrupted, IsolationError, UsageError

COMMANDS = (
    "demo", "release", "new-course", "new-assignment", "grade", "regrade", "mark", "feedback",
    "marks", "explain", "report", "similar", "roster", "anonymise", "forget", "check", "doctor",
    "pack", "update", "certify", "export", "ci-init", "ci-run",
)  # fmt: skip


class Commands(click.Group):
    """Loads a command only when it is run, so that `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"grader.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="inside-language-models")
def cli() -> None:
    """Grade the notebooks of a course, and everything around it.

    \b
    Examples:
      grader demo
      grader new-course statistics
      grader grade hand-ins.zip --out graded
      grader grade --help

    Exit codes: 0 graded, whatever the marks; 1 something could not be graded; 2 wrong usage.
    """


def main() -> None:
    """Run the command line; an error of ours is one sentence, never a traceback."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except Interrupted as error:
        click.echo(str(error), err=True)
        sys.exit(130)
    except GraderError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2 if isinstance(error, UsageError | IsolationError) else 1)
    except OSError as error:
        # One that names a file is about what a person has named; any other is a bug of ours.
        if error.filename is None:
            raise
        click.echo(
            f"error: {error.filename} cannot be read or written to ({error.strerror}). Check its "
            "name, and that you may read and write there.",
            err=True,
        )
        sys.exit(2)
