"""A comparison as its page shows it: pairs that stand out, with evidence, and a few more."""

from collections.abc import Sequence
from itertools import islice

from grader.comparing.compare import Comparison, Excerpt, Pair
from grader.comparing.entries import Entry
from grader.reports.similar import (
    EXCERPT_LIMIT,
    Line,
    PairView,
    PassageView,
    Side,
    SimilarView,
    similar_page,
)
from grader.reports.text import shorten
from grader.similarity.background import Background

# On one page: pairs in the table, pairs with evidence, passages of each.
MAX_STANDING = 200
MAX_EVIDENCE = 40
MAX_NEAREST = 10
MAX_EVIDENCE_NEAREST = 3
MAX_PASSAGES = 8


def page_of(comparisons: Sequence[Comparison], problems: Sequence[str]) -> str:
    """Return the page of all comparisons."""
    return similar_page([_view(comparison) for comparison in comparisons], problems)


def _view(found: Comparison) -> SimilarView:
    standing = [pair for pair in found.pairs if pair.stands_out]
    nearest = islice((pair for pair in found.pairs if not pair.stands_out), MAX_NEAREST)
    earlier = sum(bool(entry.year) for entry in found.entries)
    return SimilarView(
        found.assignment.title,
        len(found.entries) - earlier,
        earlier,
        _line(found.code),
        _line(found.words),
        tuple(_pairs(found, standing[:MAX_STANDING], MAX_EVIDENCE)),
        max(0, len(standing) - MAX_STANDING),
        tuple(_pairs(found, list(nearest), MAX_EVIDENCE_NEAREST)),
        tuple(tuple(map(_side, group)) for group in found.groups),
        tuple(_pairs(found, found.same[:MAX_STANDING], 0)),
    )


def _pairs(found: Comparison, pairs: Sequence[Pair], with_evidence: int) -> list[PairView]:
    return [
        _pair(pair, found.evidence(pair) if at < with_evidence else [])
        for at, pair in enumerate(pairs)
    ]


def _pair(pair: Pair, excerpts: list[Excerpt]) -> PairView:
    heaviest = sorted(excerpts, key=lambda e: -e.passage.weight)[:MAX_PASSAGES]
    total = sum(excerpt.passage.weight for excerpt in excerpts) or 1.0
    return PairView(
        _side(pair.left),
        _side(pair.right),
        pair.code,
        pair.words,
        pair.standing,
        tuple(_passage(excerpt, total) for excerpt in heaviest),
        len(excerpts) - len(heaviest),
    )


def _passage(excerpt: Excerpt, total: float) -> PassageView:
    passage = excerpt.passage
    return PassageView(
        passage.left.cell + 1,
        passage.right.cell + 1,
        shorten(excerpt.left, EXCERPT_LIMIT),
        shorten(excerpt.right, EXCERPT_LIMIT),
        excerpt.is_code,
        passage.weight / total,
    )


def _side(entry: Entry) -> Side:
    return Side(entry.name, entry.members, entry.year, entry.page)


def _line(background: Background) -> Line:
    return Line(background.median, background.line, background.is_measured)
