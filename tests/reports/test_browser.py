"""Pages in a real browser: attacks from every field stay words, and a phone can show them."""

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.reports.feedback import feedback_page
from grader.reports.staff import StaffCell, staff_page
from tests.browser import BROWSER, QUIET, Server, open_address, serving

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')

# Run by the page around the frames: what became of each document inside?
WATCH = """<script>
addEventListener("load", () => setTimeout(() => {
  const documents = [...document.querySelectorAll("iframe")].map((f) => f.contentDocument);
  const done = documents.flatMap((d) => [
    d.documentElement.hasAttribute("data-owned") ? "script" : "", d.title == "taken" ? "title" : "",
  ]);
  p.textContent = `seen ${documents.length}: ${done.join(" ")}`;
}, 1500));
</script>"""

pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as running:
        yield running


@pytest.fixture
def browse(tmp_path: Path) -> Callable[[str], str]:
    """Return a function that opens an address and returns the document as it ended up."""
    return functools.partial(open_address, profile=tmp_path / "profile")


@pytest.fixture
def effects(server, browse, tmp_path) -> Callable[[list[str]], set[str]]:
    """Return a function that opens pages and returns what they did: scripts, requests, titles."""

    def open_all(pages: list[str]) -> set[str]:
        for number, page in enumerate(pages):
            file = tmp_path / f"{number}.html"
            file.write_bytes(page.encode("utf-8", "replace"))
        frames = "".join(f"<iframe src={number}.html></iframe>" for number in range(len(pages)))
        (tmp_path / "frames.html").write_text(f"{QUIET}{frames}<p id=p></p>{WATCH}")
        document = browse(f"http://127.0.0.1:{server.server_port}/frames.html")
        seen = re.search(r"<p id=.p.>seen (\d+):(.*?)</p>", document)
        assert seen, document
        assert int(seen[1]) == len(pages)
        return set(seen[2].split()) | {path for path in server.asked if ".html" not in path}

    return open_all


@pytest.mark.parametrize("with_policy", [True, False], ids=["policy", "no policy"])
def test_attacks_from_every_field_have_no_effect(effects, server, hostile, with_policy):
    """The markup is inert by itself; the policy is a second wall, not the only one."""
    port = server.server_port
    pages = []
    for text in hostile.payloads(port):
        cells = hostile.cells(port, text)
        pages.append(feedback_page(hostile.grade(port, text), text, cells))
        pages.append(feedback_page(replace(hostile.grade(port, text), refused=text), text, ()))
        pages.append(staff_page(text, [StaffCell("code", text, 1, cells[4].outputs, role=text)]))
    if not with_policy:
        pages = [POLICY.sub("", page) for page in pages]
    assert effects(pages) == set()


def test_the_policy_alone_stops_scripts_and_loading(effects, server, hostile):
    """Payloads put into a page raw, as if nothing had been escaped."""
    policy = POLICY.search(feedback_page(hostile.grade(9, "x"), "x", ()))
    assert policy
    # Leading elsewhere is no matter of a policy.
    texts = [text for text in hostile.payloads(server.server_port) if "refresh" not in text]
    assert effects([raw(policy[0], text) for text in texts]) == set()


def test_without_either_the_attacks_succeed(effects, server, hostile):
    """What shows that the tests above can fail."""
    achieved = effects([raw("", text) for text in hostile.payloads(server.server_port)])
    assert achieved >= {
        "script", "title", "/script", "/image", "/srcset", "/sheet", "/import", "/background",
        "/object", "/embed", "/poster", "/refresh",
    }  # fmt: skip


def raw(head: str, text: str) -> str:
    """Return a page in which a payload stands as it is."""
    return f"<!DOCTYPE html><html><head>{head}</head><body>{text}</body></html>"


def test_a_phone_needs_no_sideways_scrolling(server, browse, sample, tmp_path):
    page = feedback_page(sample.grade(), sample.TITLE, sample.cells())
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    (tmp_path / "frame.html").write_text(
        f"{QUIET}<iframe id=f frameborder=0 width=360 height=700 src=page.html></iframe>"
        "<p id=p></p><script>f.onload = () => p.textContent = `width ${"
        "f.contentDocument.documentElement.scrollWidth}`</script>"
    )
    document = browse(f"http://127.0.0.1:{server.server_port}/frame.html")
    assert re.search(r"width (\d+)", document)[1] == "360"
