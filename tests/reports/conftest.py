"""The sample hand-in, pages as trees of tags, and payloads that try to act."""

import runpy
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def sample() -> SimpleNamespace:
    """The functions of `sample.py`."""
    return SimpleNamespace(**runpy.run_path(str(HERE / "sample.py")))


@pytest.fixture(scope="session")
def hostile() -> SimpleNamespace:
    """The functions of `hostile.py`."""
    return SimpleNamespace(**runpy.run_path(str(HERE / "hostile.py")))


@dataclass
class Tag:
    """An opening tag with its attributes."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)


class Reader(HTMLParser):
    """Collects tags and text the way a browser would find them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(Tag(tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture
def read():
    """Return a function that parses a page."""

    def parse(page: str) -> Reader:
        reader = Reader()
        reader.feed(page)
        return reader

    return parse
