"""Write docs/reference/commands.md from the commands themselves: `python docs/make_commands.py`."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from grader.cli import COMMANDS, cli

PAGE = Path(__file__).parent / "reference" / "commands.md"
HEAD = """# Commands

Made from the commands themselves by `python docs/make_commands.py`; `grader COMMAND --help` says
the same.
"""


def page() -> str:
    """Return the page."""
    context = click.Context(cli)
    parts = [HEAD]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        parts.append("\n".join(section(name, command)))
    return "\n".join(parts)


def section(name: str, command: click.Command) -> Iterator[str]:
    """Yield what is said of one command."""
    context = click.Context(command, info_name=f"grader {name}")
    text, _, examples = inspect.cleandoc(command.help or "").partition("\b\n")
    yield f"## grader {name}\n"
    yield text.strip() + "\n"
    lines = [line.strip() for line in examples.splitlines()[1:] if line.strip()]
    yield "\n".join(["```sh", *lines, "```\n"])
    usage = " ".join(["grader", name, *command.collect_usage_pieces(context)])
    yield f"Usage: `{usage}`\n"
    options = [p for p in command.params if isinstance(p, click.Option)]
    if options:
        yield "| option | meaning |\n|---|---|"
        yield from (row(option, context) for option in options)
        yield ""


def row(option: click.Option, context: click.Context) -> str:
    """Return the line of one option."""
    names, text = option.get_help_record(context) or ("", "")
    return f"| `{escape(names)}` | {escape(text)} |"


def escape(text: str) -> str:
    """Return a text as a cell of a table may hold it."""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
