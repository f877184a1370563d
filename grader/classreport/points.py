"""Figures of one assignment: the points, where they are lost, and what exercises tell apart."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from grader.classreport.items import FEW, POOR, Item, item, quartiles
from grader.classreport.tally import HandIn, Tally
from grader.reports import svg
from grader.reports.classroom import Figure, Link, Row
from grader.reports.text import decimal

# Bins of a histogram, and hand-ins that a line of a table lists.
BINS = 10
LISTED = 100


def linked(cells: Iterable[str], hand_ins: Sequence[HandIn]) -> Row:
    """Return a line of a table with the hand-ins behind it, each once."""
    once = list(dict.fromkeys((hand_in.name, hand_in.page) for hand_in in hand_ins))
    links = tuple(Link(name, page) for name, page in once[:LISTED])
    return Row(tuple(cells), links, max(0, len(once) - LISTED))


def percent(part: float | Fraction) -> str:
    """Return a part of 1 as a whole percentage."""
    return f"{float(part):.0%}"


def counted(count: int, word: str) -> str:
    """Return a number with its noun, such as "1 hand-in"."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def few(count: int) -> str:
    """Return a sentence where so few hand-ins say little; empty otherwise."""
    if count >= FEW:
        return ""
    who = counted(count, "hand-in")
    return f"With {who} these numbers say something of these people, hardly of the exercises."


def distribution(tally: Tally, name: str) -> Figure:
    """Return the histogram of points; a bonus beyond the maximum is in the last bin."""
    graded = tally.graded
    most = max((hand_in.max_points for hand_in in graded), default=Fraction(0)) or Fraction(1)
    bins: list[list[HandIn]] = [[] for _ in range(BINS)]
    for hand_in in graded:
        bins[min(int(BINS * hand_in.points / most), BINS - 1)].append(hand_in)
    edges = [most * at / BINS for at in range(BINS + 1)]
    low, middle, high = quartiles([float(hand_in.points) for hand_in in graded])
    said = (
        f"The points of {len(graded)} hand-ins, out of {decimal(most)}. Half of them have "
        f"{middle:.3g} or less; the middle half lies between {low:.3g} and {high:.3g}."
    )
    labels = [f"{decimal(edges[at])}–{decimal(edges[at + 1])}" for at in range(BINS)]
    columns = [
        svg.Bar(decimal(edge), len(inside), str(len(inside)))
        for edge, inside in zip(edges, bins, strict=False)
    ]
    part = min(middle / float(most), 1.0)
    drawn = svg.columns(
        svg.Frame(name, "Distribution of points", said),
        columns,
        "points; each column begins at its number",
        [(part, f"median {middle:.3g}")],
    )
    return Figure(
        "How the points are distributed",
        said,
        "Two humps are often two groups with different lectures or tools: look at one of each."
        " Many at the lower end: look below for refused hand-ins, incidents and one early mistake.",
        ("points", "hand-ins"),
        tuple(
            linked((label, str(len(inside))), inside)
            for label, inside in zip(labels, bins, strict=True)
        ),
        drawn,
        "hand-ins",
        few(len(graded)),
    )


def lost(tally: Tally, name: str) -> Figure:
    """Return for each exercise the mean points lost, and who has lost all of them."""
    rows, bars, most = [], [], Fraction(0)
    for exercise in tally.titles:
        parts = [(h, h.parts[exercise]) for h in tally.graded if exercise in h.parts]
        decided = [(hand_in, part) for hand_in, part in parts if not part.is_pending]
        if not decided:
            continue
        worth = max(part.max_points for _, part in decided)
        mean = sum((p.max_points - p.points for _, p in decided), Fraction(0)) / len(decided)
        nothing = [hand_in for hand_in, part in decided if not part.points]
        lost_some = sum(part.points < part.max_points for _, part in decided)
        most = max(most, worth)
        bars.append(svg.Bar(exercise, float(mean), f"{float(mean):.2f} of {decimal(worth)}"))
        rows.append(
            linked(
                (exercise, f"{float(mean):.2f}", decimal(worth), percent(mean / worth or 0),
                 str(lost_some), str(len(nothing))),
                nothing,
            )
        )  # fmt: skip
    longest = max((bar.value for bar in bars), default=0.0)
    said = (
        "For each exercise the points that a hand-in has lost on average, in the order of the "
        "notebook. What waits for a person is left out; what was left blank has lost everything."
    )
    return Figure(
        "Where points are lost",
        said,
        "Take up the longest bars in the next session. If nearly everybody has lost an exercise, "
        "read three of its hand-ins before you believe it: the text or a check may be at fault "
        "(`grader regrade`).",
        ("exercise", "lost on average", "points", "part lost", "lost some", "lost all"),
        tuple(rows),
        svg.bars(svg.Frame(name, "Points lost per exercise", said), bars, longest),
        "who lost all",
        few(len(tally.graded)),
    )


def items_of(tally: Tally) -> dict[str, Item]:
    """Return the statistics of each exercise, over the hand-ins in which nothing is pending."""
    settled = [hand_in for hand_in in tally.graded if hand_in.parts and not hand_in.is_pending]
    found = {}
    for exercise in tally.titles:
        having = [hand_in for hand_in in settled if exercise in hand_in.parts]
        shares = [hand_in.parts[exercise].share for hand_in in having]
        found[exercise] = item(shares, [hand_in.rest(exercise) for hand_in in having])
    return found


def difficulty(tally: Tally, name: str) -> Figure:
    """Return difficulty against discrimination."""
    found = items_of(tally)
    dots = [
        svg.Dot(exercise, one.difficulty, one.discrimination, one.low, one.high)
        for exercise, one in found.items()
    ]
    said = (
        "The bar is the mean share of the points of an exercise that was earned (difficulty: the "
        "longer, the easier). The dot tells how well the exercise tells strong from weak: the "
        "correlation of that share with the points of all other exercises (discrimination). The "
        "stroke reaches over what the true value may be in 19 of 20 cases; dashed is 0.2."
    )
    count = max((one.count for one in found.values()), default=0)
    return Figure(
        "How hard the exercises are, and what they tell apart",
        said,
        "A dot left of the dashed line, with a short stroke: who is good elsewhere is not good "
        "here; look for an ambiguous text or a check that is too strict. A full bar tells nothing "
        "new; a very short one is too hard, or something is broken.",
        ("exercise", "difficulty", "discrimination", "19 of 20", "hand-ins", "remark"),
        tuple(Row((exercise, *_described(one))) for exercise, one in found.items()),
        svg.items(
            svg.Frame(name, "Difficulty and discrimination", said),
            dots,
            ("mean share of points", "discrimination"),
            POOR,
        ),
        "",
        few(count)
        and f"With {count} hand-ins the intervals are wide: discrimination is but a hint.",
    )


def _described(one: Item) -> tuple[str, ...]:
    if one.discrimination is None:
        return percent(one.difficulty), "–", "–", str(one.count), "everybody has the same"
    sure = "–" if one.low is None or one.high is None else f"{one.low:.2f} to {one.high:.2f}"
    weak = one.discrimination < POOR
    remark = "tells little apart" if weak else ""
    if weak and one.count < FEW:
        remark += ", but there are few hand-ins"
    return percent(one.difficulty), f"{one.discrimination:.2f}", sure, str(one.count), remark
