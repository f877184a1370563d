"""The class report is read without colour: by luminance, by pattern, by label."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "grader" / "reports" / "templates"
STYLE = (TEMPLATES / "class.css").read_text(encoding="utf-8")
PAPERS = re.findall(r"--paper: (#\w{6})", (TEMPLATES / "style.css").read_text(encoding="utf-8"))
PAPER = {"light": PAPERS[0], "dark": PAPERS[1]}
FILLS = dict(zip(("light", "dark"), re.findall(r":root \{ (--fill-0[^}]*)\}", STYLE), strict=True))


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2; a grey print keeps nothing else."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fills_differ_from_the_paper_and_from_each_other_in_grey(scheme: str) -> None:
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", FILLS[scheme]))
    fills = [colours[f"fill-{number}"] for number in range(6)]
    for fill in (*fills, colours["bar"]):
        assert contrast(fill, PAPER[scheme]) >= 3
    for one, other in pairwise(fills):
        assert contrast(one, other) >= 1.3
    # Every second one is hatched as well, in the colour of the paper.
    assert all(contrast(fills[at], colours["hatch"]) >= 3 for at in (1, 3, 5))
