"""A feedback page, a table and a line on the terminal as they are usually written.

They are here to be beaten.
"""

import io
import re

from rich.console import Console

FORMS = {
    "stream": "<pre>{}</pre>",
    "text/html": "{}",
    "image/svg+xml": "{}",
    "image/png": '<img src="data:image/png;base64,{}">',
}
# As libraries do that set formulas, and those that turn what a terminal shows into a page.
TEX_LINK = re.compile(r"\\href\{(.*?)\}\{(.*?)\}")
TERMINAL_LINK = re.compile(r"\x1b\]8;;(.*?)\x07(.*?)\x1b\]8;;\x07")
LINK = re.compile(r"\[(.*?)\]\((.*)\)")


def page(place: str, text: str, kind: str) -> str:
    """Return a page on which a text stands in its place."""
    name = text if place == "name" else "Mallory"
    shown = FORMS[kind].format(text) if place == "output" else ""
    source = text if place == "source" else "x = 1"
    prose = text if place == "markdown" else ""
    for pattern, put in ((TEX_LINK, (1, 2)), (LINK, (2, 1))):
        prose = pattern.sub(rf'<a href="\{put[0]}">\{put[1]}</a>', prose)
    shown = TERMINAL_LINK.sub(r'<a href="\1">\2</a>', shown)
    return (
        f"<!DOCTYPE html><html><head><title>{name}</title></head><body><h1>Feedback for {name}</h1>"
        f"<p>2 of 10 points</p><p>{prose}</p><pre><code>{source}</code></pre>{shown}</body></html>"
    )


def table(name: str) -> str:
    """Return a table with the points of a student."""
    return f"name,points\n{name},2\n"


def line(text: str) -> str:
    """Return what is printed of a student, and what is written of what they did."""
    printed = io.StringIO()
    console = Console(file=printed, force_terminal=True, width=1000)
    console.print(f"{text}: 2 of 10 points")
    return f"{printed.getvalue()}\nincidents of {text}:\n  {text}\n"
