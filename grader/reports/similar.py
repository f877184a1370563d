"""The page about hand-ins that are alike: pairs in order, with what they share side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

# Of one passage; a student's line may be as long as a book.
EXCERPT_LIMIT = 3_000


@dataclass(frozen=True)
class Side:
    """One hand-in of a pair; `year` names the folder of an earlier one, `page` is a link."""

    name: str
    members: tuple[str, ...] = ()
    year: str = ""
    page: str = ""


@dataclass(frozen=True)
class PassageView:
    """Something shared: the numbers of the cells from 1, the text in both, and its part in all."""

    left_cell: int
    right_cell: int
    left: str
    right: str
    is_code: bool
    part: float


@dataclass(frozen=True)
class PairView:
    """A pair: the shared parts of code and words from 0 to 1, and how far it stands out."""

    left: Side
    right: Side
    code: float
    words: float
    standing: float
    passages: tuple[PassageView, ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class Line:
    """What is usual in the class: half of the pairs are below `median`, hardly one above `line`."""

    median: float
    line: float
    is_measured: bool


@dataclass(frozen=True)
class SimilarView:
    """The comparison of one assignment. `nearest` are the first pairs below the line."""

    title: str
    now: int
    earlier: int
    code: Line
    words: Line
    standing: tuple[PairView, ...]
    left_out: int
    nearest: tuple[PairView, ...]
    groups: tuple[tuple[Side, ...], ...]
    same: tuple[PairView, ...]


def similar_page(views: Sequence[SimilarView], problems: Sequence[str]) -> str:
    """Return the comparisons of a class as one self-contained HTML file."""
    # TRAP: nbconvert takes 0.4 s to import, so it must wait until a page is wanted.
    from grader.reports.page import make_page

    return make_page("similar", "Similar hand-ins", [], views=views, problems=problems)
