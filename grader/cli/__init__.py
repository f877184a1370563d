"""The command line: parse, call, print."""

import sys
from importlib import import_module

import click

from grader.errors import GraderError, Interrupted, IsolationError, UsageError

COMMANDS = (
    "demo", "release", "grade", "regrade", "check", "doctor", "certify", "export", "ci-init",
    "ci-run", "report", "similar",
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
    """Grade notebooks of the course Inside Language Models.

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
