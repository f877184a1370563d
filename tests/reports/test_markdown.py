"""Markdown of notebooks: what is kept, and what is only text."""

import base64
import time

import pytest

from grader.reports import maths
from grader.reports.markdown import SOURCE_LIMIT, markdown

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20).decode()


def html(source: str, attachments=None) -> str:
    return maths.filled(str(markdown(source, attachments)))


def test_html_is_text():
    shown = html("a <b>bold</b>\n\n<script>alert(1)</script>\n\n<div onclick='x'>")
    assert "<b>" not in shown
    assert "<script" not in shown
    assert "<div" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_tables_are_tables():
    assert "<th>a</th>" in html("| a |\n|---|\n| 1 |")


@pytest.mark.parametrize(
    "source", ["$x$", "$$x$$", "text $$x$$ text", "\\begin{align}\nx\n\\end{align}"]
)
def test_formulas_are_set(source):
    assert "<mi>x</mi>" in html(source)


def test_dollars_in_code_are_no_formulas():
    assert html("`$x$`") == "<p><code>$x$</code></p>\n"


def test_headings_stand_below_those_of_the_page():
    assert html("# a\n## b\n##### c") == "<h3>a</h3><h4>b</h4><h6>c</h6>"


@pytest.mark.parametrize("address", ["https://a.example/b?c=d&e", "http://a.example", "mailto:a@b"])
def test_links_lead_to_the_web(address):
    link = f'<a href="{address.replace("&", "&amp;")}" rel="noopener noreferrer">'
    assert link in html(f"[x]({address})")


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "vbscript:x", "file:///etc/passwd", "../x.html",
     "data:text/html,<script>", "data:image/png;base64,AAAA", "attachment:x", "blob:x", "//a.b"],
)  # fmt: skip
def test_other_addresses_are_no_links(address):
    shown = html(f"[x](<{address}>)")
    assert "href" not in shown
    assert "<a" not in shown or address.startswith(("data:image", "attachment"))


def test_an_attached_picture_is_shown_once():
    shown = html("![one](attachment:a%20b.png) ![two](attachment:a%20b.png)",
                 {"a b.png": {"image/png": PNG}})  # fmt: skip
    assert shown.count(f'<img src="data:image/png;base64,{PNG}" alt="one">') == 1
    assert "[picture not shown: two]" in shown


@pytest.mark.parametrize(
    "address",
    ["http://a.example/x.png", "attachment:absent.png", "attachment:bad.png",
     "data:image/png;base64,AAAA", "data:image/svg+xml;base64,PHN2Zz4="],
)  # fmt: skip
def test_other_pictures_are_named_and_not_shown(address):
    shown = html(f'![a "name"]({address})', {"bad.png": {"image/png": "x", "text/html": PNG}})
    assert "<img" not in shown
    assert "[picture not shown: a &#34;name&#34;]" in shown


def test_a_picture_in_the_text_is_shown():
    assert "<img" in html(f"![x](data:image/png;base64,{PNG})")


def test_hints_fold():
    shown = html("<details>\n<summary>A *hint*</summary>\n\n- $x$\n\n</details>\n\nbelow")
    assert shown.startswith("<details>\n<summary>A <em>hint</em></summary>\n<ul>")
    assert shown.endswith("</details>\n<p>below</p>\n")
    assert "<mi>x</mi>" in shown


def test_hints_fold_in_lists_and_in_each_other():
    shown = html("- a\n\n  <details><summary>b</summary>\n  c\n  <details>\n  d\n  </details>\n"
                 "  </details>\n\ne")  # fmt: skip
    assert shown.count("<details>") == shown.count("</details>") == 2
    assert "&lt;" not in shown
    assert shown.endswith("</ul>\n<p>e</p>\n")


@pytest.mark.parametrize(
    "source",
    ["<details>\nnever closed", "</details>", "<details open>\nx\n</details>", "a <details> b",
     "<details onclick=x>\nx\n</details>", "    <details>\n    </details>", "<summary>x</summary>"],
)  # fmt: skip
def test_other_details_are_text(source):
    shown = html(source)
    assert "<details" not in shown
    assert "<summary" not in shown


@pytest.mark.parametrize(
    "source",
    ["[" * SOURCE_LIMIT, "![" * SOURCE_LIMIT, "<details>\n" * SOURCE_LIMIT, "> " * SOURCE_LIMIT,
     "$" * SOURCE_LIMIT, "`" * SOURCE_LIMIT, "<details>\n</details>\n" * SOURCE_LIMIT,
     "|" + "a|" * 100 + "\n|" + "-|" * 100 + "\n" + "|\n" * SOURCE_LIMIT],
    ids=["[", "![", "details", ">", "$", "`", "pairs", "table"],
)  # fmt: skip
def test_no_text_takes_long(source):
    start = time.process_time()
    markdown(source)
    assert time.process_time() - start < 8
