"""Look through the built site: `python docs/check_site.py build/docs`.

Nothing may be loaded from another host, and every link within the site must lead somewhere.
"""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# In a style sheet, what is loaded; `data:` is not.
LOADED = re.compile(r"(?:url\(|@import)\s*['\"]?((?:https?:)?//[^'\")\s]+)")


class Page(HTMLParser):
    """What a page loads, where it leads, and the places in it that can be led to."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        text = file.read_text(encoding="utf-8")
        self.loads += LOADED.findall(text)
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of one element."""
        given = {key: value or "" for key, value in attrs}
        self.ids |= {given[key] for key in ("id", "name") if key in given}
        if tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "link":
            self.loads.append(given.get("href", ""))
        else:
            self.loads += [given[key] for key in ("src", "data", "poster") if key in given]
            self.loads += [part.split()[0] for part in given.get("srcset", "").split(",") if part]


def problems(site: Path) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong with the site."""
    pages = {file.resolve(): Page(file) for file in sorted(site.rglob("*.html"))}
    if not pages:
        yield f"{site} holds no page: build it with `nox -s docs`"
    for file, page in pages.items():
        name = file.relative_to(site.resolve())
        for address in page.loads:
            if urlsplit(address).netloc:
                yield f"{name} loads {address}"
        for link in [*page.links, *page.loads]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not link:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if not target.exists():
                yield f"{name} leads to {link}, which is not there"
            elif parts.fragment and target in pages and parts.fragment not in pages[target].ids:
                yield f"{name} leads to {link}, and there is no such place on that page"
    for sheet in sorted(site.rglob("*.css")):
        for address in LOADED.findall(sheet.read_text(encoding="utf-8")):
            yield f"{sheet.relative_to(site)} loads {address}"


if __name__ == "__main__":
    found = list(problems(Path(sys.argv[1])))
    print(
        "\n".join(found) or "The site loads nothing from elsewhere, and its links lead somewhere."
    )
    sys.exit(1 if found else 0)
