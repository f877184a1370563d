"""Fill the tables of `docs/benchmarks.md` and draw its pictures from what has been kept."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.kept import is_kept, kept

DOCS = Path(__file__).parents[2] / "docs"
INK, OWN, OTHER = "#222222", "#1b6ca8", "#b8b8b8"
PAGE = DOCS / "benchmarks.md"
TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    """Put every table that has been kept in its place, each with its picture if it has one."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLE.sub(filled, page), encoding="utf-8")


def filled(place: re.Match[str]) -> str:
    """Return a place for a table with the table in it."""
    name = place[2]
    if not is_kept(name):
        return f"{place[1]}Not measured yet.\n{place[3]}"
    found: dict[str, Any] = dict(kept(name))
    told = f"{found['title']}; {found['machine']}; {found['day']}."
    picture = ""
    if name in PICTURES:
        what, fill = PICTURES[name]
        draw(f"benchmarks-{name}.svg", fill)
        picture = f"![{what}](benchmarks-{name}.svg)\n\n"
    return f"{place[1]}{told}\n\n{picture}{markdown(found['rows'])}{place[3]}"


def markdown(rows: list[dict[str, str]]) -> str:
    """Return rows as a table; the first column to the left."""
    names = list(rows[0])
    lines = [names, [":--", *["--:"] * (len(names) - 1)], *[list(row.values()) for row in rows]]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def draw(name: str, fill: Callable[[Any], None]) -> None:
    """Draw one picture into the folder of the docs."""
    import matplotlib as mpl

    # Its own salt, so that the same numbers give the same file.
    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "benchmarks", "text.color": INK, "font.size": 10}
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(8, 3), layout="constrained")
    fill(figure)
    figure.savefig(DOCS / name, metadata={"Date": None}, facecolor="white")
    plt.close(figure)


def draw_peers(figure: Any) -> None:
    """Draw a bar for each mode, the seconds beside it."""
    rows: list[dict[str, str]] = list(reversed(kept("peers")["rows"]))  # type: ignore[call-overload]
    each = [float(row["each further, s"]) for row in rows]
    axes = figure.subplots()
    own = [row["grader"].startswith("this") for row in rows]
    colours = [OWN if mine else OTHER for mine in own]
    bars = axes.barh([row["grader"] for row in rows], each, color=colours)
    axes.bar_label(bars, [f" {value:.2f} s" for value in each])
    axes.set_xscale("log")
    axes.set_xlabel("seconds for each further hand-in (logarithmic)")
    axes.set_xlim(right=max(each) * 2)
    axes.spines[["top", "right"]].set_visible(False)


def draw_growth(figure: Any) -> None:
    """Draw time and memory over the size of a class."""
    rows: list[dict[str, str]] = kept("growth")["rows"]  # type: ignore[assignment]
    sizes = [int(row["hand-ins"]) for row in rows]
    left, right = figure.subplots(1, 2)
    for axes, name, limit in ((left, "ms each", None), (right, "peak, MB", 1500)):
        axes.plot(sizes, [float(row[name]) for row in rows], "o-", color=OWN)
        axes.set_xscale("log")
        axes.set_ylim(bottom=0)
        axes.set_xlabel("hand-ins")
        axes.set_title(name, loc="left")
        axes.spines[["top", "right"]].set_visible(False)
        if limit:
            axes.axhline(limit, color=INK, linestyle=":", linewidth=1)
            axes.text(sizes[0], limit, "the most allowed", va="bottom", fontsize=9)


PICTURES: dict[str, tuple[str, Callable[[Any], None]]] = {
    "peers": ("Seconds for each further hand-in, on a logarithmic axis", draw_peers),
    "growth": ("Milliseconds for each hand-in, and peak memory, by size of the class", draw_growth),
}


if __name__ == "__main__":
    main()
