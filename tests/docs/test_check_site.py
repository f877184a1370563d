"""The script that looks through the built site finds what it is there to find."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.pages import ROOT


@pytest.fixture(scope="module")
def check_site() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_site", ROOT / "docs" / "check_site.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "other.html").write_text('<h1 id="there">x</h1>')
    (tmp_path / "style.css").write_text("p { background: url(data:image/png;base64,AA) }")
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="style.css"><a href="other.html#there">x</a>'
        '<a href="https://example.org/">elsewhere is fine to go to</a><img src="data:,x">'
    )
    return tmp_path


def test_a_site_that_is_right(site: Path, check_site: ModuleType) -> None:
    assert list(check_site.problems(site)) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('<script src="https://cdn.example/x.js"></script>', "loads https://cdn.example/x.js"),
        ('<link rel="preconnect" href="//fonts.example">', "loads //fonts.example"),
        ('<img srcset="https://h/a.png 2x">', "loads https://h/a.png"),
        ("<style>@import 'https://h/x.css';</style>", "loads https://h/x.css"),
        ('<a href="nowhere.html">', "nowhere.html, which is not there"),
        ('<a href="other.html#here">', "no such place"),
        ('<a href="#top">', "no such place"),
        ('<img src="gone.png">', "gone.png, which is not there"),
    ],
)
def test_what_is_found(text: str, says: str, site: Path, check_site: ModuleType) -> None:
    page = site / "index.html"
    page.write_text(page.read_text() + text)
    found = list(check_site.problems(site))
    assert len(found) == 1
    assert says in found[0]


def test_fonts_from_elsewhere_and_no_site(site: Path, check_site: ModuleType) -> None:
    (site / "style.css").write_text("@font-face { src: url('https://fonts.example/x.woff2') }")
    assert list(check_site.problems(site)) == ["style.css loads https://fonts.example/x.woff2"]
    assert "nox -s docs" in next(check_site.problems(site / "empty"))
