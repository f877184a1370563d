"""Formulas: set without scripts, and no formula can take the grader down."""

import re
import time
from pathlib import Path

import pytest

from grader.reports import maths, widths


def page(tex: str, *, display: bool = False) -> str:
    return maths.filled(str(maths.mark(tex, display=display)))


def test_tex_becomes_mathml():
    assert page(r"\frac{a}{b}") == (
        '<span class="formula inline"><math><mfrac><mi>a</mi><mi>b</mi></mfrac></math></span>'
    )
    assert '<math display="block">' in page("x", display=True)


@pytest.mark.parametrize("tex", [r"\<script>", r"\frac{", r"\def\a{\a\a}\a"])
def test_what_is_not_understood_is_shown_as_tex(tex):
    assert "<math" not in page(tex)
    assert "<script" not in page(tex)
    assert page(tex).startswith('<span class="formula inline"><code>')


@pytest.mark.parametrize(
    "tex",
    [
        "x" * (maths.TEX_LIMIT + 1),
        "{" * 100_000,
        "{" * 41 + "x" + "}" * 41,
        r"\left(" * 41 + r"\right)" * 41,
        r"\begin{matrix}" * 41,
    ],
    ids=["long", "deep and long", "braces", "left", "begin"],
)
def test_what_would_overflow_the_converter_is_not_tried(tex, monkeypatch):
    monkeypatch.setattr(maths, "converted", lambda formulas: [None for _ in formulas])
    assert not maths.is_modest(tex)
    assert "<code>" in page(tex)


@pytest.mark.parametrize(
    "tex",
    [r"\{" * 60 + r"\}" * 60, "{x}" * 300, r"\leftarrow" * 60, r"\left(\frac{1}{2}\right)" * 50],
    ids=["escaped braces", "side by side", "a longer name", "closed again"],
)
def test_nesting_is_counted_by_depth(tex):
    assert maths.is_modest(tex)


def test_a_formula_that_stalls_costs_only_itself_and_those_behind_it(monkeypatch):
    """Each unclosed bracket doubles the time that the converter takes."""
    monkeypatch.setattr(maths, "_known", {})
    monkeypatch.setattr(maths, "SECONDS", 0.7)
    quick, stalling = maths.mark("a + 1", display=False), maths.mark("(" * 60, display=False)
    start = time.monotonic()
    shown = maths.filled(f"{quick} {stalling}")
    assert time.monotonic() - start < 30
    assert "<math><mi>a</mi>" in shown
    assert "(" * 60 in shown


def test_a_formula_that_crashes_the_converter_costs_only_itself_and_those_behind_it():
    answers = maths.converted([("x", False), ("{" * 100_000, False), ("y", False)])
    assert answers == ["<math><mi>x</mi></math>"]


def test_a_formula_is_converted_once(monkeypatch):
    page("z + 41")
    monkeypatch.setattr(maths, "converted", lambda formulas: 1 / len(formulas) and [])
    with pytest.raises(ZeroDivisionError):
        page("z + 41")


def test_a_mark_cannot_be_forged():
    """Whoever does not know the nonce of this process gets text."""
    forged = str(maths.mark("x", display=False)).replace(maths.NONCE, "0" * 16)
    assert maths.filled(forged) == forged


def test_a_formula_may_hold_anything():
    assert "�" in page("\ud800") or "?" in page("\ud800")
    assert page("")


@pytest.mark.parametrize(
    ("tex", "classes"),
    [
        ("a + b", "formula display"),
        (" + ".join(["x_1"] * 24), "formula display fit-65"),
        (" + ".join(["x_1"] * 100), "formula display too-wide"),
        (r"\begin{matrix}" + " & ".join("a" * 60) + r"\end{matrix}", "formula display fit-49"),
        (r"a \hspace{300em} b", "formula display too-wide"),
        (r"a \hspace{30cm} b", "formula display fit-41"),
        ("字" * 50, "formula display fit-78"),
    ],
)
def test_wide_formulas_are_smaller_on_paper(tex, classes):
    shown = page(tex, display=True)
    assert shown.startswith(f'<span class="{classes}"><math')
    assert ('<code class="on-paper">' in shown) == ("too-wide" in classes)


def test_every_size_has_a_rule():
    css = (Path(maths.__file__).parent / "templates" / "style.css").read_text()
    rules = {int(a): int(b) for a, b in re.findall(r"\.fit-(\d+) { font-size: (\d+)%; }", css)}
    assert rules == {percent: percent for percent in widths.SIZES[1:]}


def test_what_is_nested_too_deeply_to_be_measured_is_text_on_paper():
    deep = "<math>" + "<mrow>" * 5_000 + "</mrow>" * 5_000 + "</math>"
    assert widths.size(deep) == 0
    assert "on-paper" in maths.show(("x", True), deep)
