"""Markdown of notebooks to HTML that is safe whoever wrote it."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from grader.reports import maths
from grader.reports.cells import Attachments
from grader.reports.folds import folds_plugin
from grader.reports.pictures import picture_uri
from grader.reports.text import shorten

# The parser is Python: its worst cases stay near a second at this length.
SOURCE_LIMIT = 20_000
LINKS = ("http://", "https://", "mailto:")
PICTURES = ("attachment:", "data:image/")
# Headings of a notebook stand below the page's own `h1` and `h2`.
HEADING_SHIFT = 2

Pictures = dict[str, Mapping[str, str]]
Rule = Callable[[Token, Pictures], str]


class Parser(MarkdownIt):
    """CommonMark with tables and maths; raw HTML stays text, links lead to the web only."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False})
        self.enable(["table", "strikethrough"])
        self.use(folds_plugin)
        self.use(dollarmath_plugin, allow_labels=False, double_inline=True)
        self.use(amsmath_plugin)
        for name, rule in RULES.items():
            self.add_render_rule(name, _render_rule(rule))

    def validateLink(self, url: str) -> bool:  # noqa: N802
        """Tell whether an address may become a link or a picture."""
        return url.lower().startswith(LINKS + PICTURES)


def markdown(source: str, attachments: Attachments | None = None) -> Markup:
    """Return the HTML of a markdown text; formulas are marked, and set when the page is filled."""
    if attachments:
        return _rendered(source, attachments)
    return _rendered_before(source)


@lru_cache(maxsize=256)
def _rendered_before(source: str) -> Markup:
    # A class shares its skeleton: most cells of most pages are the same text.
    return _rendered(source, {})


def _rendered(source: str, attachments: Attachments) -> Markup:
    text = shorten(source, SOURCE_LIMIT)
    return Markup(_parser().render(text, {"attachments": dict(attachments)}))  # noqa: S704


@lru_cache(maxsize=1)
def _parser() -> Parser:
    return Parser()


def _render_rule(rule: Rule) -> Callable[..., str]:
    def render(
        renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
    ) -> str:
        return rule(tokens[at], env["attachments"])

    return render


def _inline_formula(token: Token, attachments: Pictures) -> str:
    return maths.mark(token.content, display=False)


def _display_formula(token: Token, attachments: Pictures) -> str:
    return maths.mark(token.content, display=True)


def _heading(token: Token, attachments: Pictures) -> str:
    level = int(token.tag.removeprefix("h")) + HEADING_SHIFT
    slash = "/" if token.nesting < 0 else ""
    return f"<{slash}h{min(level, 6)}>"


def _link(token: Token, attachments: Pictures) -> str:
    address = str(token.attrGet("href") or "")
    if not address.lower().startswith(LINKS):
        return "<a>"
    return f'<a href="{escape(address)}" rel="noopener noreferrer">'


def _picture(token: Token, attachments: Pictures) -> str:
    address, alt = str(token.attrGet("src") or ""), escape(token.content)
    uri = _attached(address, attachments) or _embedded(address)
    if uri is None:
        return f'<span class="absent">[picture not shown: {alt or escape(address[:200])}]</span>'
    return f'<img src="{uri}" alt="{alt}">'


def _attached(address: str, attachments: Pictures) -> str | None:
    # Taken out: a large picture shown a thousand times would be there a thousand times.
    kinds = attachments.pop(unquote(address.removeprefix("attachment:")), {})
    uris = (picture_uri(kind, content) for kind, content in kinds.items())
    return next((uri for uri in uris if uri), None)


def _embedded(address: str) -> str | None:
    kind, comma, content = address.removeprefix("data:").partition(";base64,")
    return picture_uri(kind, unquote(content)) if comma else None


def _table_open(token: Token, attachments: Pictures) -> str:
    return '<div class="wide"><table>'


def _table_close(token: Token, attachments: Pictures) -> str:
    return "</table></div>"


RULES = {
    "math_inline": _inline_formula,
    "math_inline_double": _display_formula,
    "math_block": _display_formula,
    "amsmath": _display_formula,
    "heading_open": _heading,
    "heading_close": _heading,
    "link_open": _link,
    "image": _picture,
    "table_open": _table_open,
    "table_close": _table_close,
}
