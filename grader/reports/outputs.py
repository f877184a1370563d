"""One tamed output to HTML: the richest form that is safe, and nothing that could act."""

import re
from collections.abc import Callable
from functools import lru_cache

import nh3
from markupsafe import Markup
from nbconvert.filters.ansi import ansi2html

from grader.reports import maths
from grader.reports.markdown import markdown
from grader.reports.pictures import picture_uri, svg_uri
from grader.reports.tame import Output

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "div",
    "dl", "dt", "em", "figcaption", "figure", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd",
    "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
}  # fmt: skip
# No class, style or id: what a student prints must not dress up as the page's own verdicts.
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}
GONE = {
    "script", "style", "template", "noscript", "title", "textarea", "select", "svg", "math",
    "iframe", "object", "embed", "audio", "video", "canvas", "xmp", "noembed", "noframes",
}  # fmt: skip
EMPTY = re.compile(r"<(?!img)[^>]*>|\s+")
# Of 256 and of 16 million colours none is readable on both light and dark: only the 16 stay.
FIXED_COLOUR = re.compile(r"\x1b\[[0-9;]*[34]8;[25];[0-9;]*m")
LINE_SO_FAR = re.compile(r"^[^\n]*\r(?!\n|$)", re.MULTILINE)


def output_html(output: Output, number: int | None = None) -> Markup:
    """Return the HTML of a tamed output of the cell with this number."""
    kind = output["output_type"]
    if kind == "stream":
        name = "stderr" if output["name"] == "stderr" else "stdout"
        return Markup('<pre class="{}">{}</pre>').format(name, terminal(output["text"]))
    if kind == "error":
        return Markup('<pre class="error">{}</pre>').format(terminal(output["text"]))
    if kind == "notice":
        return Markup('<p class="notice">{}</p>').format(output["text"])
    return _display(output, "" if number is None else f" of cell {number}")


def terminal(text: str) -> Markup:
    """Return printed text as a terminal would show it, with its sixteen colours."""
    last = LINE_SO_FAR.sub("", text.replace("\r\n", "\n"))
    return Markup(ansi2html(FIXED_COLOUR.sub("", last)))  # noqa: S704


def _display(output: Output, of_cell: str) -> Markup:
    data, dropped = output["data"], output["dropped"]
    shown = (form(data[kind], of_cell) if kind in data else None for kind, form in FORMS.items())
    html = next((html for html in shown if html is not None), Markup(""))
    if dropped or not html:
        kinds = ", ".join(dropped) or ", ".join(data) or "an empty output"
        html += Markup('<p class="notice">Not shown: {}.</p>').format(kinds)
    return html


def _svg(content: str, of_cell: str) -> Markup | None:
    return _figure(svg_uri(content), of_cell)


def _picture(kind: str) -> Callable[[str, str], Markup | None]:
    return lambda content, of_cell: _figure(picture_uri(kind, content), of_cell)


def _figure(uri: str | None, of_cell: str) -> Markup | None:
    if uri is None:
        return None
    return Markup('<img class="figure" src="{}" alt="Picture in the output{}">').format(
        uri, of_cell
    )


def _html(content: str, of_cell: str) -> Markup | None:
    clean = _cleaner().clean(content)
    if not EMPTY.sub("", clean):
        return None
    return Markup('<div class="wide">{}</div>').format(Markup(clean))  # noqa: S704


def _latex(content: str, of_cell: str) -> Markup | None:
    tex = content.strip().strip("$").strip().removeprefix(r"\displaystyle")
    return Markup("<p>{}</p>").format(maths.mark(tex, display=True)) if tex else None


def _markdown(content: str, of_cell: str) -> Markup | None:
    return Markup('<div class="prose">{}</div>').format(markdown(content))


def _plain(content: str, of_cell: str) -> Markup | None:
    return Markup('<pre class="result">{}</pre>').format(terminal(content))


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags=GONE,
        url_schemes={"http", "https", "mailto", "data"},
        url_relative="deny",
        attribute_filter=_attribute,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        kind, _, content = value.removeprefix("data:").partition(";base64,")
        return picture_uri(kind, content)
    if name == "href" and value.lower().startswith("data:"):
        return None
    return value


FORMS: dict[str, Callable[[str, str], Markup | None]] = {
    "image/svg+xml": _svg,
    "image/png": _picture("image/png"),
    "image/jpeg": _picture("image/jpeg"),
    "image/gif": _picture("image/gif"),
    "text/html": _html,
    "text/latex": _latex,
    "text/markdown": _markdown,
    "text/plain": _plain,
}
