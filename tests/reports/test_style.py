"""The colours: readable on light and on dark, to the level AA of WCAG 2."""

import re
from pathlib import Path

import grader.reports

CSS = (Path(grader.reports.__file__).parent / "templates" / "style.css").read_text("utf-8")
TEXT = ("ink", "soft", "link", "good", "bad", "wait", "keyword", "string", "number", "name",
        "comment")  # fmt: skip


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_text_colour_stands_out_on_both_grounds():
    palettes = [
        dict(re.findall(r"--(\w+): (#\w{6})", block))
        for block in re.findall(r":root \{(.*?)\n *\}", CSS, re.DOTALL)
    ]
    assert len(palettes) == 3  # light, dark, and paper
    for palette in palettes[:2]:
        for name in TEXT:
            for ground in ("paper", "raised"):
                assert contrast(palette[name], palette[ground]) >= 4.5, (name, ground)


def test_the_style_loads_nothing():
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "@font-face" not in CSS
