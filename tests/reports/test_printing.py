"""Paper, by a browser or plainly without one: nothing runs off the page."""

import base64
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from grader.reports import printing
from grader.reports.cells import ReportCell
from grader.reports.mathtext import lines_of, typeset
from grader.reports.paper import paper_page
from grader.reports.plain import plain_pdf
from grader.reports.printing import find_browser, print_page
from tests.browser import BROWSER

NAMES = ("Ada Alder", "Jiří Dvořák")
LONG = "".join(f"{number:04d}" for number in range(150))
TOOLS = shutil.which("pdftotext") and shutil.which("pdfimages")
Print = Callable[[list[ReportCell]], bytes]


def png(width: int, height: int) -> str:
    target = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(target, "PNG")
    return base64.b64encode(target.getvalue()).decode()


def stream(text: str) -> dict[str, str]:
    return {"output_type": "stream", "name": "stdout", "text": text}


TEXT = """# Würfe

Mit $x^2$ und:

$$\\frac{a}{b}$$

- eins
- zwei

| a | b |
|---|---|
| 1 | 2 |"""


def shown(**kinds: str) -> dict[str, object]:
    return {"output_type": "display_data", "data": {f"image/{k}": v for k, v in kinds.items()}}


ERROR = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["Traceback: end"]}
CELLS = [
    ReportCell("markdown", TEXT),
    ReportCell("code", f"x = '{LONG}'", 1, (stream(f"{LONG}\n\x1b[31mred\ralmost\rdone\n"),)),
    ReportCell("code", "plot()", 2, (shown(png=png(3000, 400)),)),
    ReportCell("code", "1/0", 3, (ERROR,)),
]


def by_browser(cells: list[ReportCell], folder: Path) -> bytes:
    browser = find_browser()
    assert browser is not None
    printed = print_page(browser, paper_page("Mini", NAMES, cells), folder)
    assert printed is not None
    return printed


WAYS = [
    pytest.param(
        by_browser, id="browser", marks=pytest.mark.skipif(BROWSER is None, reason="no Chromium")
    ),
    pytest.param(lambda cells, folder: plain_pdf("Mini", NAMES, cells), id="plain"),
]


@pytest.mark.skipif(not TOOLS, reason="poppler's tools are not here")
@pytest.mark.parametrize("way", WAYS)
def test_everything_is_on_paper(way: Callable[..., bytes], tmp_path: Path) -> None:
    data = way(CELLS, tmp_path)
    file = tmp_path / "a.pdf"
    file.write_bytes(data)
    # What lies outside of the page is not in the text that is cut to it.
    size = ["-x", "0", "-y", "0", "-W", "595", "-H", "842"]
    done = subprocess.run(
        ["pdftotext", *size, file, "-"], capture_output=True, text=True, check=True
    )
    text = re.sub(r"\s", "", done.stdout)
    assert text.count(LONG) == 2
    for word in ("Mini", "AdaAlder", "JiříDvořák", "Würfe", "eins", "done", "Traceback:end"):
        assert word in text
    assert "almost" not in text
    listed = subprocess.run(
        ["pdfimages", "-list", file], capture_output=True, text=True, check=True
    )
    assert "3000" in listed.stdout


def test_a_browser_that_makes_nothing_is_no_pdf(tmp_path: Path) -> None:
    assert print_page(Path(sys.executable), "<p>x", tmp_path) is None
    assert print_page(tmp_path / "no such browser", "<p>x", tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("platform", "place", "variable"),
    [
        ("win32", "Microsoft/Edge/Application/msedge.exe", "PROGRAMFILES(X86)"),
        ("darwin", "Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "HOME"),
    ],
)
def test_browsers_of_other_systems(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, place: str, variable: str
) -> None:
    monkeypatch.setattr(printing.sys, "platform", platform)
    monkeypatch.setattr(printing.shutil, "which", lambda name: None)
    monkeypatch.setitem(os.environ, variable, str(tmp_path))
    assert find_browser() is None
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text("")
    assert find_browser() == tmp_path / place


def test_formulas_are_set_or_shown_as_they_are_written() -> None:
    for tex in (
        r"\frac12 \sum_{i=1}^n x_i",
        r"\sqrt d",
        r"\|x\| \le 1 \text{ and } p(\textit{a} \mid b)",
    ):
        assert typeset(tex, 10) is not None
    assert typeset(r"\begin{pmatrix} 1 \end{pmatrix}", 10) is None
    assert lines_of(r"\begin{aligned} a &= b \\ c &= d \end{aligned}") == ["a  = b", "c  = d"]


@pytest.mark.skipif(not TOOLS, reason="poppler's tools are not here")
@pytest.mark.parametrize("tex", ["$%s$", "$$%s$$", "in a text $$%s$$", "- in a list $%s$"])
def test_wide_formulas_stay_on_plain_sheets(tmp_path: Path, tex: str) -> None:
    sum_of_40 = " + ".join(f"x_{{{number}}}" for number in range(40))
    file = tmp_path / "a.pdf"
    file.write_bytes(plain_pdf("Mini", NAMES, [ReportCell("markdown", tex % sum_of_40)]))
    subprocess.run(["pdftoppm", "-r", "72", "-png", file, tmp_path / "page"], check=True)
    [picture] = tmp_path.glob("page*.png")
    sheet = Image.open(picture).convert("L")
    inked = sheet.point(lambda shade: 255 if shade < 200 else 0).getbbox()
    assert inked is not None
    assert 400 < inked[2] <= sheet.width - 44


def test_what_no_font_has_is_spelt_out_and_hostile_text_is_only_text() -> None:
    hostile = "中 😀 \x1b[31m <script>alert(1)</script> " + "{" * 5000 + "$" * 999
    cells = [
        ReportCell("markdown", hostile),
        ReportCell("code", "x" * 50_000, None, (shown(png="AAAA"),)),
        ReportCell("markdown", "![x](attachment:y)", attachments={"y": {"image/png": "no"}}),
        ReportCell("code", "", None, (shown(),)),
    ]
    assert plain_pdf("<b>", ("\u202e",), cells).startswith(b"%PDF-")


TERMS = {
    "indices": "x_{%d}",
    "fractions": r"\frac{a_{%d}}{b + c}",
    "words": r"\text{word %d}",
    "bold": r"\mathbf{W}_{%d} M",
    "calls": r"\exp(-x_{%d}^2 / 2)",
    "arrows": r"A_{%d} \to",
}
WORD = re.compile(
    r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
)


@pytest.mark.skipif(not TOOLS or BROWSER is None, reason="no Chromium, or no tools of poppler")
@pytest.mark.parametrize("display", [True, False], ids=["display", "inline"])
def test_wide_formulas_stay_on_the_sheet(tmp_path: Path, display: bool) -> None:
    marks = "$$" if display else "$"
    ends, cells = [], []
    for kind, term in TERMS.items():
        for count in (2, 5, 10, 15, 20, 25, 30, 40, 80):
            ends.append(f"{kind}{count}")
            terms = [term % number if "%" in term else term for number in range(1, count)]
            tex = " + ".join([*terms, rf"\text{{{ends[-1]}}}"])
            cells.append(ReportCell("markdown", f"{marks}{tex}{marks}"))
    file = tmp_path / "a.pdf"
    file.write_bytes(by_browser(cells, tmp_path))
    done = subprocess.run(
        ["pdftotext", "-bbox", file, "-"], capture_output=True, text=True, check=True
    )
    width = float(re.search(r'<page width="([\d.]+)"', done.stdout)[1])  # type: ignore[index]
    words = list(WORD.finditer(done.stdout))
    margin = 16 / 25.4 * 72
    assert max(float(word[3]) for word in words) <= width - margin + 1
    # An operator may be in one word with what stands behind it.
    found = {end: word for end in ends for word in words if word[5].endswith(end)}
    # What is too wide at any size stands as TeX, in which lines are broken.
    everything = "".join(word[5] for word in words)
    as_tex = [end for end in ends if end not in found]
    assert all(rf"\text{{{end}}}" in everything for end in as_tex)
    assert {"fractions80", "calls80"} <= set(as_tex)
    assert not {f"{kind}{n}" for kind in TERMS for n in (2, 5, 10)} & set(as_tex)
    assert "indices40" not in as_tex
    heights = {end: round(float(w[4]) - float(w[2]), 2) for end, w in found.items() if end in ends}
    assert heights["indices40"] < 0.5 * heights["indices10"]
    for kind in TERMS:
        assert heights[f"{kind}2"] == heights[f"{kind}5"] == heights["indices2"]
        assert heights[f"{kind}10"] <= heights[f"{kind}5"]
